import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/** Asks what calling a pair the same takes away from the push. */
export interface VerdictEffectRequest {
  readonly run: RunId
  /** Null for the last epoch that has an embedding. */
  readonly epoch: number | null
  readonly first: ImageId
  readonly second: ImageId
  /** Pairs that would be judged alike: [a₀, b₀, a₁, b₁, …]. */
  readonly similar: Int32Array
}

/** Pairs that leave the denominator, and the part of the push that goes with them. */
export interface RemovedPush {
  /** Pairs that training pushes until then. */
  readonly pairs: number
  /** Of the push in the scope, in [0, 1]. */
  readonly ofScope: number
  /** Of all push of the run, in [0, 1]. */
  readonly ofAll: number
}

/** Push is that of InfoNCE with all images of the run in one batch. */
export interface VerdictEffect {
  readonly run: RunId
  readonly epoch: number
  readonly temperature: number
  /** Whose push is looked at: one label's or between two; where one is missing, one or two clusters. */
  readonly scope: {
    readonly kind: 'labels' | 'clusters'
    /** One, or two; empty for clusters. */
    readonly names: readonly string[]
    /** Images in it. */
    readonly images: number
  }
  /** The pair, with all that follows from it and from earlier verdicts. */
  readonly pair: RemovedPush
  /** The pair and the similar ones, with all that follows; null where there are none. */
  readonly similar: RemovedPush | null
  /** All verdicts so far. */
  readonly verdicts: Pick<RemovedPush, 'pairs' | 'ofAll'>
}
