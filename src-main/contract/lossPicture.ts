import type { ParameterValues, Regime } from './catalogue.ts'

/** Most points of a picture: it is for looking at. */
export const mostPicturePoints = 24

/** Points on a circle, for which a loss says where each should go. */
export interface LossPictureRequest {
  readonly loss: string
  /** Missing ones have the default of the loss's regime. */
  readonly params: ParameterValues
  /** Radians, one a point. Of a loss of two views: first views, then second ones. */
  readonly angles: Float32Array
  /** From 0, one a point. Of a loss of two views the image that a point is a view of. */
  readonly labels: Int32Array
  /** What the loss learns, as an earlier picture gave it; empty: as training would begin. */
  readonly learnt: readonly LearntOfPicture[]
}

export interface LearntOfPicture {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** What the loss of a training step says of such points. */
export interface LossPicture {
  /** What made points positives: labels, or views where the loss knows nothing else. */
  readonly regime: Regime
  readonly loss: number
  /** dL/dangle, per radian, one a point. */
  readonly slopes: Float32Array
  /** What each pair is: 1 positive, −1 negative, 0 ignored, `[points, points]`. */
  readonly cells: Int8Array
  /**
   * The part of a point's slope that comes from an anchor's pair with it, `[anchors, points]`; the anchor's
   * own slope has the opposite of it. Null where a loss is not the sum of what its pairs say.
   */
  readonly pairSlopes: Float32Array | null
  readonly learnt: readonly (LearntOfPicture & { readonly gradient: Float32Array })[]
}
