import type { RunId } from './runs.ts'

/**
 * What can be said of each image after an epoch.
 *
 * - `loss`: of the image as the only anchor of its batch, in the unit of the run's loss
 * - `gradient`: length of the gradient of its batch's loss by its embedding, per radian
 * - `outlier`: 1 − the mean cosine with its ten nearest neighbours, in [0, 2]
 * - `suspicion`: the highest score among its pairs of negatives; only the order means anything
 * - `speed`: degrees that it moved in all dimensions since the stored epoch before
 * - `change`: the last epoch after which another label was the nearest, by mean directions
 */
export const imageMeasures = [
  'loss',
  'gradient',
  'outlier',
  'suspicion',
  'speed',
  'change',
] as const
export type ImageMeasure = (typeof imageMeasures)[number]

export interface MeasureRequest {
  readonly run: RunId
  readonly epoch: number
  readonly measure: ImageMeasure
}

export interface MeasuredImages {
  readonly run: RunId
  readonly epoch: number
  readonly measure: ImageMeasure
  /** Images, `[n]`. */
  readonly ids: Int32Array
  /** NaN for an image that has no value, `[n]`. */
  readonly values: Float32Array
  /** What was taken for granted, and why values are missing, in sentences. */
  readonly assumptions: readonly string[]
}
