import { mkdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { WorkbenchError } from '../contract/errors.ts'
import type { ContentHash, ImageId, ImageTable, SkippedFile } from '../contract/images.ts'
import { verdictKinds } from '../contract/journal.ts'
import type { Verdict } from '../contract/journal.ts'
import type { Looks } from '../contract/quality.ts'
import { tryLock } from './fileLock.ts'
import { imageTable } from './imageTable.ts'
import { Journal } from './journal/Journal.ts'
import { storedLooks, storeLooks, unmeasuredHashes } from './quality/storedLooks.ts'
import { openProjectDatabase } from './projectSchema.ts'
import type { KnownFiles, Source } from './source.ts'
import { inTransaction } from './transaction.ts'
import { StoredScan } from './StoredScan.ts'

/**
 * What a project knows of its images, in `project.db`. What a method has taken is on the disk when
 * it returns. One process at a time.
 */
export class ProjectStore {
  /** What people did to labels, marks and verdicts, and the only way to do it. */
  readonly journal: Journal
  private readonly database: DatabaseSync
  private readonly unlock: () => void

  private constructor(database: DatabaseSync, unlock: () => void, now: () => Date) {
    this.database = database
    this.unlock = unlock
    this.journal = new Journal(database, now)
  }

  /**
   * @param folder the project's folder; made if missing
   * @param now only for the times in the journal
   * @throws WorkbenchError `busy`, `newer-version` or `io`; nothing is then changed
   */
  static open(folder: string, now: () => Date): ProjectStore {
    mkdirSync(folder, { recursive: true })
    const unlock = tryLock(join(folder, 'lock.db'))
    if (!unlock)
      throw new WorkbenchError(
        'busy',
        `The project ${folder} is open in another Antipode. Close it there, or choose another ` +
          'project folder.',
      )
    try {
      return new ProjectStore(openProjectDatabase(join(folder, 'project.db')), unlock, now)
    } catch (error) {
      unlock()
      throw error
    }
  }

  /** Folders of images, in the order in which they came. */
  sources(): readonly Source[] {
    return this.database
      .prepare('SELECT folder, files FROM sources ORDER BY id')
      .all()
      .map(({ folder, files }) => ({
        folder: String(folder),
        files: files === null ? null : (JSON.parse(String(files)) as readonly string[]),
      }))
  }

  /**
   * Takes a folder into the project, or some of its files beside those that are in it already. Nothing
   * is read yet.
   *
   * @param label of all its new files; null for that of their folders
   */
  addSource({ folder, files }: Source, label: string | null): void {
    const known = this.sources().find((source) => source.folder === folder)
    const all = files && (known ? known.files && [...new Set([...known.files, ...files])] : files)
    this.database
      .prepare(
        `INSERT INTO sources (folder, files, label) VALUES (?, ?, ?)
         ON CONFLICT (folder) DO UPDATE SET files = excluded.files, label = excluded.label`,
      )
      .run(folder, all && JSON.stringify(all), label)
  }

  /** Takes a folder and its images out of the project. Runs keep what they have of them. */
  removeSource(folder: string): void {
    const of = 'source = (SELECT id FROM sources WHERE folder = ?)'
    inTransaction(this.database, () => {
      this.database.prepare(`DELETE FROM files WHERE ${of}`).run(folder)
      this.database.prepare(`DELETE FROM skipped WHERE ${of}`).run(folder)
      this.database.prepare('DELETE FROM sources WHERE folder = ?').run(folder)
    })
  }

  /** Ids of the images in a folder of a source, or of one file. */
  imagesAt(path: string): Int32Array {
    const rows = this.database
      .prepare(
        `SELECT files.id FROM files JOIN sources ON sources.id = files.source
         WHERE folder || '/' || path = ?1
            OR substr(folder || '/' || path, 1, length(?1) + 1) = ?1 || '/' ORDER BY files.id`,
      )
      .all(path.replaceAll(sep, '/'))
    return Int32Array.from(rows, ({ id }) => Number(id))
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

  /** What was read of a source, and what could not be. */
  knownFiles(folder: string): KnownFiles {
    const statement = this.database.prepare(
      `SELECT path, size_bytes, modified_ms FROM files
       WHERE source = (SELECT id FROM sources WHERE folder = ?)`,
    )
    statement.setReturnArrays(true)
    const rows = statement.all(folder) as unknown as readonly (readonly [string, number, number])[]
    const skipped = this.database
      .prepare('SELECT path FROM skipped WHERE source = (SELECT id FROM sources WHERE folder = ?)')
      .all(folder)
    return {
      stamps: new Map(rows.map(([path, sizeBytes, modifiedMs]) => [path, [sizeBytes, modifiedMs]])),
      skipped: new Set(skipped.map(({ path }) => String(path))),
    }
  }

  images(): ImageTable {
    return imageTable(this.database)
  }

  /** @returns looks that were measured before */
  looks(): Looks {
    return storedLooks(this.database)
  }

  addLooks(looks: Looks): void {
    storeLooks(this.database, looks)
  }

  /** Images whose looks are not known yet, each once. */
  unmeasured(): readonly ContentHash[] {
    return unmeasuredHashes(this.database)
  }

  /** Pairs that people judged, also of images that are gone: those may come back. */
  verdicts(): readonly Verdict[] {
    return this.database
      .prepare('SELECT a, b, verdict FROM verdicts ORDER BY a, b')
      .all()
      .map(({ a, b, verdict }) => ({
        a: Number(a),
        b: Number(b),
        verdict: verdictKinds[Number(verdict)] as Verdict['verdict'],
      }))
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

  /** Bytes of an image's file when it was read; 0 for an id that the project does not have. */
  sizeOf(id: ImageId): number {
    return Number(
      this.database.prepare('SELECT size_bytes AS size FROM files WHERE id = ?').get(id)?.size ?? 0,
    )
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
                (SELECT count(*) FROM labels) AS labels,
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

export type { KnownFiles, Source } from './source.ts'
export type { StoredScan } from './StoredScan.ts'
