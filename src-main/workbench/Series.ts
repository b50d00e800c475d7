import { WorkbenchError } from '../contract/errors.ts'
import type { RunId } from '../contract/runs.ts'
import type { RunSeries } from '../contract/runSeries.ts'
import type { SeriesState } from '../contract/series.ts'
import type { PlannedRun } from './planSeries.ts'

/** How a run of a series came to its end. */
export interface RunEnd {
  readonly isDone: boolean
  readonly message: string | null
}

/** Trains planned runs one after the other; whatever ends one of them early ends them all. */
export class Series {
  private readonly options: {
    /** Makes the run and starts it; `id` is null for the first, whose own name is the series'. */
    readonly start: (planned: PlannedRun, id: string | null) => Promise<RunId>
    /** Resolves when nothing is trained any more. */
    readonly ended: (run: RunId) => Promise<RunEnd>
    readonly announce: (state: SeriesState) => void
  }
  private current: SeriesState | null = null
  private isCancelled = false

  constructor(options: Series['options']) {
    this.options = options
  }

  /** The one that goes on, or the last one; null if there was none. */
  get state(): SeriesState | null {
    return this.current
  }

  /** Throws `busy` while a series goes on. */
  expectIdle(): void {
    if (this.current?.phase === 'going')
      throw new WorkbenchError(
        'busy',
        `${this.current.total} runs go on one after the other. Stop them first, or wait until they are done.`,
      )
  }

  /** Resolves when the first run has begun, with the name of the series. */
  async begin(planned: readonly PlannedRun[]): Promise<string> {
    const [first, ...rest] = planned
    if (first === undefined) throw new TypeError('a series without a run')
    this.expectIdle()
    this.isCancelled = false
    const id = await this.options.start(first, null)
    const { kind, of } = first.series
    this.say({ id, kind, of, total: planned.length, runs: [id], phase: 'going', message: null })
    void this.follow(id, rest)
    return id
  }

  /** No further run begins; ending the one that goes on is up to the caller. */
  cancel(): void {
    this.isCancelled = true
  }

  /** Throws `cancelled` where no further run may begin. */
  expectGoing(): void {
    if (this.isCancelled) throw new WorkbenchError('cancelled', 'The series was stopped.')
  }

  private async follow(first: RunId, rest: readonly PlannedRun[]): Promise<void> {
    let run = first
    try {
      for (const planned of [...rest, null]) {
        const { isDone, message } = await this.options.ended(run)
        if (!isDone || this.isCancelled)
          return this.end('stopped', this.isCancelled ? null : message)
        if (planned === null) return this.end('done', null)
        run = await this.options.start(planned, first)
        if (this.current) this.say({ ...this.current, runs: [...this.current.runs, run] })
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.end('stopped', this.isCancelled ? null : message)
    }
  }

  private end(phase: 'done' | 'stopped', message: string | null): void {
    if (this.current) this.say({ ...this.current, phase, message })
  }

  private say(state: SeriesState): void {
    this.current = state
    this.options.announce(state)
  }
}

/** What a run's configuration says of its series. */
export function seriesOf({ series }: PlannedRun, id: string): RunSeries {
  return { ...series, id }
}
