import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { FileStamp, ScanBatch } from '../contract/compute.ts'
import type { ImageId, ImageTable, SkippedFile } from '../contract/images.ts'
import { lockProject } from './projectLock.ts'
import { openProjectDatabase } from './projectSchema.ts'

/**
 * What a project knows of its images, in `project.db`. What a method has taken is on the disk when
 * it returns. One process at a time.
 */
export class ProjectStore {
  private readonly database: DatabaseSync
  private readonly unlock: () => void

  private constructor(database: DatabaseSync, unlock: () => void) {
    this.database = database
    this.unlock = unlock
  }

  /**
   * @param folder the project's folder; made if missing
   * @throws WorkbenchError `busy`, `newer-version` or `io`; nothing is then changed
   */
  static open(folder: string): ProjectStore {
    mkdirSync(folder, { recursive: true })
    const unlock = lockProject(folder)
    try {
      return new ProjectStore(openProjectDatabase(join(folder, 'project.db')), unlock)
    } catch (error) {
      unlock()
      throw error
    }
  }

  /** Folders of images, in the order in which they came. */
  sources(): readonly string[] {
    const rows = this.database.prepare('SELECT folder FROM sources ORDER BY id').all()
    return rows.map(({ folder }) => String(folder))
  }

  /** Starts to read a source again, or for the first time. Files keep their ids and labels. */
  beginScan(folder: string): StoredScan {
    this.database.prepare('INSERT OR IGNORE INTO sources (folder) VALUES (?)').run(folder)
    const source = Number(
      this.database.prepare('SELECT id FROM sources WHERE folder = ?').get(folder)?.id,
    )
    const last = this.database
      .prepare(
        `SELECT max(seen) AS seen FROM
           (SELECT seen FROM files WHERE source = ?1 UNION ALL
            SELECT seen FROM skipped WHERE source = ?1)`,
      )
      .get(source)
    return new StoredScan(this.database, source, Number(last?.seen ?? 0) + 1)
  }

  images(): ImageTable {
    const labels = this.database.prepare('SELECT id, name FROM labels').all()
    const inUse = new Set(
      this.database
        .prepare('SELECT DISTINCT label FROM files WHERE label IS NOT NULL')
        .all()
        .map(({ label }) => Number(label)),
    )
    const sorted = labels
      .map(({ id, name }) => ({ id: Number(id), name: String(name) }))
      .filter(({ id }) => inUse.has(id))
      .sort((a, b) => naturally.compare(a.name, b.name))
    const indexOf = new Map(sorted.map(({ id }, index) => [id, index]))
    const rows = this.database.prepare('SELECT id, path, hash, label FROM files ORDER BY id').all()
    return {
      ids: Int32Array.from(rows, ({ id }) => Number(id)),
      paths: rows.map(({ path }) => String(path)),
      hashes: rows.map(({ hash }) => String(hash)),
      labels: Int32Array.from(rows, ({ label }) =>
        label === null ? -1 : (indexOf.get(Number(label)) ?? -1),
      ),
      labelNames: sorted.map(({ name }) => name),
    }
  }

  /** Absolute, in the order of {@link images}. */
  absolutePaths(): readonly string[] {
    return this.database
      .prepare(
        `SELECT folder, path FROM files JOIN sources ON sources.id = files.source ORDER BY files.id`,
      )
      .all()
      .map(({ folder, path }) => join(String(folder), String(path)))
  }

  /** Absolute path of an image's file; null for an id that the project does not have. */
  pathOf(id: ImageId): string | null {
    const row = this.database
      .prepare(
        'SELECT folder, path FROM files JOIN sources ON sources.id = files.source WHERE files.id = ?',
      )
      .get(id)
    return row ? join(String(row.folder), String(row.path)) : null
  }

  skipped(): readonly SkippedFile[] {
    return this.database
      .prepare('SELECT path, reason FROM skipped ORDER BY source, path')
      .all()
      .map(({ path, reason }) => ({ path: String(path), reason: String(reason) }))
  }

  counts(): { readonly images: number; readonly labels: number; readonly skipped: number } {
    const row = this.database
      .prepare(
        `SELECT (SELECT count(*) FROM files) AS images,
                (SELECT count(DISTINCT label) FROM files) AS labels,
                (SELECT count(*) FROM skipped) AS skipped`,
      )
      .get()
    return {
      images: Number(row?.images),
      labels: Number(row?.labels),
      skipped: Number(row?.skipped),
    }
  }

  /** Callable twice. */
  close(): void {
    if (this.database.isOpen) this.database.close()
    this.unlock()
  }
}

/** `img2` before `img10`; the same on every machine. */
const naturally = new Intl.Collator('en', { numeric: true })

/** One reading of a source into the project. */
class StoredScan {
  private readonly database: DatabaseSync
  private readonly source: number
  private readonly scan: number

  constructor(database: DatabaseSync, source: number, scan: number) {
    this.database = database
    this.source = source
    this.scan = scan
  }

  /** What was read before, by path. */
  known(): Readonly<Record<string, FileStamp>> {
    const rows = this.database
      .prepare(
        `SELECT path, hash, size_bytes AS sizeBytes, modified_ms AS modifiedMs, width, height
         FROM files WHERE source = ?`,
      )
      .all(this.source)
    return Object.fromEntries(
      rows.map(({ path, hash, sizeBytes, modifiedMs, width, height }) => [
        String(path),
        {
          hash: String(hash),
          sizeBytes: Number(sizeBytes),
          modifiedMs: Number(modifiedMs),
          width: Number(width),
          height: Number(height),
        },
      ]),
    )
  }

  /** Takes a batch, whole or not at all. A file that is known keeps its label. */
  add({ files, skipped }: Pick<ScanBatch, 'files' | 'skipped'>): void {
    const { database, source, scan } = this
    const addLabel = database.prepare('INSERT OR IGNORE INTO labels (name) VALUES (?)')
    const addFile = database.prepare(
      `INSERT INTO files (source, path, hash, size_bytes, modified_ms, width, height, label, seen)
       VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM labels WHERE name = ?), ?)
       ON CONFLICT (source, path) DO UPDATE SET hash = excluded.hash,
         size_bytes = excluded.size_bytes, modified_ms = excluded.modified_ms,
         width = excluded.width, height = excluded.height, seen = excluded.seen`,
    )
    const addSkipped = database.prepare(
      `INSERT INTO skipped (source, path, reason, seen) VALUES (?, ?, ?, ?)
       ON CONFLICT (source, path) DO UPDATE SET reason = excluded.reason, seen = excluded.seen`,
    )
    database.exec('BEGIN IMMEDIATE')
    try {
      for (const name of new Set(files.map(({ label }) => label)))
        if (name !== null) addLabel.run(name)
      for (const { path, hash, sizeBytes, modifiedMs, width, height, label } of files)
        addFile.run(source, path, hash, sizeBytes, modifiedMs, width, height, label, scan)
      for (const { path, reason } of skipped) addSkipped.run(source, path, reason, scan)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }

  /** The whole source has been seen: forgets what is no longer there. */
  finish(): void {
    for (const table of ['files', 'skipped'])
      this.database
        .prepare(`DELETE FROM ${table} WHERE source = ? AND seen < ?`)
        .run(this.source, this.scan)
  }
}

export type { StoredScan }
