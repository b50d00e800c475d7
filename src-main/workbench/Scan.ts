import { existsSync } from 'node:fs'
import type { ComputeApi, FileStamp, ScanBatch } from '../contract/compute.ts'
import type { ProjectInfo, ScanEvent } from '../contract/project.ts'

/** The part of a project that a scan fills. */
export interface ScanTarget {
  readonly source: string
  readonly thumbnailsFolder: string
  /** What is known of the folder's files, by path. */
  readonly beginScan: () => Readonly<Record<string, FileStamp>>
  /** The batch is on the disk when it returns. */
  readonly commit: (batch: ScanBatch) => void
  /** Called after a scan that has seen the whole folder. */
  readonly finishScan: () => void
  readonly info: () => ProjectInfo
}

/** At most five reports a second. */
const reportEveryMs = 200

/** One reading of a folder of images into a project. */
export class Scan {
  /** Resolves when the scan has ended, for whatever reason. */
  readonly ended: Promise<void>
  private readonly target: ScanTarget
  private readonly compute: ComputeApi
  private readonly announce: (event: ScanEvent) => void
  private readonly now: () => Date
  private lastReport = 0
  private isCancelled = false

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

  /** A batch from the process; the process goes on when it is in the project. */
  take(batch: ScanBatch): void {
    this.target.commit(batch)
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
    const { source, thumbnailsFolder } = this.target
    try {
      const known = this.target.beginScan()
      const { cancelled } = await this.compute.scan({ source, thumbnailsFolder, known })
      // A disk that was pulled out is no reason to forget what was on it.
      if (!cancelled && existsSync(source)) this.target.finishScan()
      this.announce({ kind: 'ended', project: this.target.info(), cancelled })
    } catch (error) {
      if (this.isCancelled)
        this.announce({ kind: 'ended', project: this.target.info(), cancelled: true })
      else
        this.announce({
          kind: 'failed',
          message: error instanceof Error ? error.message : 'The folder could not be read.',
        })
    }
  }
}
