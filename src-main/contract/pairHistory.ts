import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/**
 * How a pair of negatives fared over the epochs.
 *
 * - `attracted`: ended closer although it was pushed
 * - `apart`: was pushed apart
 * - `oscillating`: came and went
 * - `close`: was close from the start
 * - `distant`: was never close
 */
export type PairFamily = 'attracted' | 'apart' | 'oscillating' | 'close' | 'distant'

export interface PairHistoryRequest {
  readonly run: RunId
  readonly first: ImageId
  readonly second: ImageId
}

export interface PairHistory {
  readonly run: RunId
  readonly first: ImageId
  readonly second: ImageId
  /** `[n]`, ascending. */
  readonly epochs: Int32Array
  /** Of the embeddings, `[n]`. */
  readonly cosines: Float32Array
  /**
   * Part of the first image's push that lands on the second, among all images of the run, at the run's
   * temperature or .1 where its loss has none. `[n]`
   */
  readonly pushShares: Float32Array
  readonly temperature: number
  readonly family: PairFamily
}
