import type { RunId } from './runs.ts'

/** Two sets of images, as of two labels or two clusters. */
export interface GroupHistoryRequest {
  readonly run: RunId
  /** Images, at least one; those that the run does not have count for nothing. */
  readonly first: Int32Array
  readonly second: Int32Array
}

/** How two sets of images fared over the epochs. */
export interface GroupHistory {
  readonly run: RunId
  /** Stored epochs at which both have rows that are finite; `[n]`, ascending. */
  readonly epochs: Int32Array
  /** Between the mean directions of the two, `[n]`. */
  readonly cosines: Float32Array
  /**
   * Share of the images that are nearer to the mean direction of the others of their own set than to that
   * of the other set, both sets counting half. In [0, 1], .5 where nothing tells them apart, `[n]`
   */
  readonly toldApart: Float32Array
}
