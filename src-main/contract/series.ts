import type { RunId } from './runs.ts'
import type { ReplayedPart, RunSeries } from './runSeries.ts'

/** Runs that go one after the other. */
export type SeriesRequest =
  | {
      readonly kind: 'sweep'
      readonly run: RunId
      /** Distinct, 2 to 9 of them. */
      readonly temperatures: readonly number[]
      readonly epochs: number
    }
  | {
      readonly kind: 'replay'
      readonly run: RunId
      readonly what: ReplayedPart
      /** One of {@link ReplayChoices.starts}. */
      readonly fromEpoch: number
    }

/** How far a series is. It lives as long as the workbench: what has not begun by then never does. */
export interface SeriesState {
  readonly id: string
  readonly kind: RunSeries['kind']
  readonly of: RunId
  readonly total: number
  /** Runs that have begun, in their order; the last one goes on while the series does. */
  readonly runs: readonly RunId[]
  readonly phase: 'going' | 'done' | 'stopped'
  /** Why it ended early; null if somebody stopped it. */
  readonly message: string | null
}

/** Where a run can be replayed from, and what that costs. */
export interface ReplayChoices {
  readonly epochs: number
  /** Epochs whose state is kept, ascending; 0 always is, since the seed makes it anew. */
  readonly starts: readonly number[]
  /** What an epoch's steps took, on average; null for a run without any. */
  readonly secondsPerEpoch: number | null
  /** Verdicts on images of the run, as of now. */
  readonly verdicts: number
}
