import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { ComputeApi, KnownStamps, ScanBatch } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { Source } from '../data/projectStore.ts'
import type { ProjectInfo, ScanEvent } from '../contract/project.ts'

/** The part of a project that a scan fills. */
export interface ScanTarget {
  readonly sources: () => readonly Source[]
  readonly thumbnailsFolder: string
  /** What is known of a folder's files. */
  readonly beginScan: (source: Source) => KnownStamps
  /** The batch is on the disk when it returns. */
  readonly commit: (batch: ScanBatch) => void
  /** Called after a scan that has seen the whole folder. */
  readonly finishScan: () => void
  readonly info: () => ProjectInfo
}

/** At most five reports a second. */
const reportEveryMs = 200

/** One reading of all folders of images of a project, one after the other. */
export class Scan {
  /** Resolves when the scan has ended, for whatever reason. */
  readonly ended: Promise<void>
  private readonly target: ScanTarget
  private readonly compute: ComputeApi
  private readonly announce: (event: ScanEvent) => void
  private readonly now: () => Date
  private lastReport = 0
  private isCancelled = false
  /** Files that the source has, skipped ones included. */
  private found = 0

  constructor(options: {
    readonly compute: ComputeApi
    readonly target: ScanTarget
    readonly announce: (event: ScanEvent) => void
    readonly now: () => Date
  }) {
    this.compute = options.compute
    this.target = options.target
    this.announce = options.announce
    this.now = options.now
    this.ended = this.read()
  }

  get wasCancelled(): boolean {
    return this.isCancelled
  }

  /** A batch from the process; the process goes on when it is in the project. */
  take(batch: ScanBatch): void {
    this.target.commit(batch)
    this.found += batch.files.length + batch.skipped.length
    const now = this.now().getTime()
    if (now - this.lastReport < reportEveryMs) return
    this.lastReport = now
    this.announce({ kind: 'progress', progress: batch.progress })
  }

  /** What was read so far stays. Resolves when the scan has ended. */
  async cancel(): Promise<void> {
    this.isCancelled = true
    await this.compute.cancelScan().catch(() => undefined)
    await this.ended
  }

  private async read(): Promise<void> {
    const failures: string[] = []
    for (const [i, source] of this.target.sources().entries()) {
      if (this.isCancelled) break
      // A folder that was opened holds folders of labels; one that was added is a label itself.
      const rootLabel = i === 0 ? null : basename(source.folder)
      try {
        await this.readSource(source, rootLabel)
      } catch (error) {
        // One folder that is gone is no reason to leave the others unread.
        failures.push(error instanceof Error ? error.message : 'The folder could not be read.')
      }
    }
    if (failures.length > 0 && !this.isCancelled)
      this.announce({ kind: 'failed', message: failures.join(' ') })
    else this.announce({ kind: 'ended', project: this.target.info(), cancelled: this.isCancelled })
  }

  private async readSource(source: Source, rootLabel: string | null): Promise<void> {
    const { thumbnailsFolder } = this.target
    const known = this.target.beginScan(source)
    const { folder, files } = source
    const request = { source: folder, files, rootLabel, thumbnailsFolder, known }
    this.found = 0
    const { cancelled } = await this.compute.scan(request)
    if (cancelled) return
    // A disk that was pulled out is no reason to forget what was on it.
    if (!existsSync(folder) || (this.found === 0 && known.paths.length > 0))
      throw new WorkbenchError(
        'not-found',
        `No image is left in ${folder}. Those of the project were kept. If it is on a drive, connect ` +
          'it and open the folder again; otherwise take the folder out of the project.',
      )
    this.target.finishScan()
  }
}
