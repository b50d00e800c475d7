import { posix } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { KnownStamps, ScanBatch } from '../contract/compute.ts'
import { groupByFolders } from './folderGroups.ts'
import { inTransaction } from './transaction.ts'

/** In the order in which {@link StoredScan.known} asks for them. */
type StampRow = readonly [string, string, number, number, number, number]

/** One reading of a source into the project. */
export class StoredScan {
  private readonly database: DatabaseSync
  private readonly source: number
  private readonly scan: number
  private hasNewFiles = false

  /** @param scan larger than that of any earlier scan of the source */
  constructor(database: DatabaseSync, source: number, scan: number) {
    this.database = database
    this.source = source
    this.scan = scan
  }

  /** What was read before. */
  known(): KnownStamps {
    const statement = this.database.prepare(
      `SELECT path, hash, size_bytes, modified_ms, width, height
       FROM files WHERE source = ? ORDER BY id`,
    )
    // A row as an array is half the work of one as an object.
    statement.setReturnArrays(true)
    const rows = statement.all(this.source) as unknown as readonly StampRow[]
    return {
      paths: rows.map(([path]) => path),
      hashes: rows.map(([, hash]) => hash),
      sizesBytes: Float64Array.from(rows, (row) => row[2]),
      modifiedMs: Float64Array.from(rows, (row) => row[3]),
      widths: Int32Array.from(rows, (row) => row[4]),
      heights: Int32Array.from(rows, (row) => row[5]),
    }
  }

  /**
   * Takes a batch, whole or not at all. A file that is known keeps its id and its label; a new one gets
   * that of its source, or else of its folder.
   */
  add({ files, skipped }: Pick<ScanBatch, 'files' | 'skipped'>): void {
    const { database, source, scan } = this
    const sourceLabel = database
      .prepare('SELECT label FROM sources WHERE id = ?')
      .get(source)?.label
    const labelOf = (label: string | null) => (sourceLabel == null ? label : String(sourceLabel))
    const addLabel = database.prepare('INSERT OR IGNORE INTO labels (name) VALUES (?)')
    // Not an upsert: one that updates would still use up an id.
    const update = database.prepare(
      `UPDATE files SET hash = ?, size_bytes = ?, modified_ms = ?, width = ?, height = ?, seen = ?
       WHERE source = ? AND path = ?`,
    )
    const insert = database.prepare(
      `INSERT INTO files
         (hash, size_bytes, modified_ms, width, height, seen, source, path, label, added)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM labels WHERE name = ?), ?)`,
    )
    const addSkipped = database.prepare(
      `INSERT INTO skipped (source, path, reason, seen) VALUES (?, ?, ?, ?)
       ON CONFLICT (source, path) DO UPDATE SET reason = excluded.reason, seen = excluded.seen`,
    )
    inTransaction(database, () => {
      for (const name of new Set(files.map(({ label }) => labelOf(label))))
        if (name !== null) addLabel.run(name)
      for (const { path, hash, sizeBytes, modifiedMs, width, height, label } of files) {
        const values = [hash, sizeBytes, modifiedMs, width, height, scan, source, path]
        if (update.run(...values).changes > 0) continue
        insert.run(...values, labelOf(label), scan)
        this.hasNewFiles = true
      }
      for (const { path, reason } of skipped) addSkipped.run(source, path, reason, scan)
    })
  }

  /**
   * The whole source has been seen. Files that turned up elsewhere keep their ids, and those in folders
   * that could not be read stay; what else was not seen is forgotten. New labels are grouped as their
   * folders lie.
   */
  finish(): void {
    const { database, source, scan } = this
    const forget = database.prepare(
      `DELETE FROM files WHERE source = ?1 AND seen < ?2 AND NOT EXISTS (
         SELECT 1 FROM skipped WHERE source = ?1 AND seen = ?2
           AND substr(files.path, 1, length(skipped.path) + 1) = skipped.path || '/')`,
    )
    inTransaction(database, () => {
      this.followMoves()
      forget.run(source, scan)
      database.prepare('DELETE FROM skipped WHERE source = ? AND seen < ?').run(source, scan)
      database.exec(
        `DELETE FROM labels WHERE is_kept = 0
           AND NOT EXISTS (SELECT 1 FROM files WHERE label = labels.id)`,
      )
      if (this.hasNewFiles) groupByFolders(database)
    })
  }

  /**
   * A file that is gone and a new one with the same bytes are one file that moved, in the order of their
   * paths where there are several. Its label follows its folder, unless it had another one than its
   * folder's name: then a person had chosen it.
   */
  private followMoves(): void {
    const { database, source, scan } = this
    const gone = database
      .prepare(
        `SELECT files.id, path, hash, label, name, seen
         FROM files LEFT JOIN labels ON labels.id = label
         WHERE source = ? AND seen < ? ORDER BY path`,
      )
      .all(source, scan)
    const arrival = database.prepare(
      `SELECT id, path, label, size_bytes, modified_ms FROM files
       WHERE hash = ? AND source = ? AND seen = ? AND added > ? ORDER BY path LIMIT 1`,
    )
    const remove = database.prepare('DELETE FROM files WHERE id = ?')
    const move = database.prepare(
      `UPDATE files SET path = ?, label = ?, size_bytes = ?, modified_ms = ?, seen = ?
       WHERE id = ?`,
    )
    for (const { id, path, hash, label, name, seen } of gone) {
      const found = arrival.get(hash ?? null, source, scan, seen ?? null)
      if (!found) continue
      const wasFolders = name === folderNameOf(String(path))
      remove.run(found.id ?? null)
      move.run(
        found.path ?? null,
        (wasFolders ? found.label : label) ?? null,
        found.size_bytes ?? null,
        found.modified_ms ?? null,
        scan,
        id ?? null,
      )
    }
  }
}

/** Null for a file that lies in the source itself. */
function folderNameOf(path: string): string | null {
  const folder = posix.dirname(path)
  return folder === '.' ? null : posix.basename(folder)
}
