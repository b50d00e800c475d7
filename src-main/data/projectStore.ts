import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { WorkbenchError } from '../contract/errors.ts'
import type { ImageId, ImageTable, SkippedFile } from '../contract/images.ts'
import { verdictKinds } from '../contract/journal.ts'
import type { Verdict } from '../contract/journal.ts'
import { tryLock } from './fileLock.ts'
import { imageTable } from './imageTable.ts'
import { Journal } from './journal/Journal.ts'
import { openProjectDatabase } from './projectSchema.ts'
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
    return imageTable(this.database)
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

export type { StoredScan } from './StoredScan.ts'
