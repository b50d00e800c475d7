import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { viewsOf } from './views.ts'

export interface VicRegParams {
  /** λ: weight of the distance between views, ≥ 0; the paper takes 25. */
  readonly invariance: number
  /** μ: weight of keeping each dimension's deviation at 1, ≥ 0; the paper takes 25. */
  readonly variance: number
  /** ν: weight of keeping dimensions uncorrelated, ≥ 0; the paper takes 1. */
  readonly covariance: number
  /** Added to variances, > 0; the paper takes .0001. */
  readonly epsilon: number
}

/**
 * VICReg: no negatives; the views of an image shall be alike (mean square of a − b), each dimension shall
 * vary over the batch (½ Σ over views of the mean of max(0, 1 − √(Var + ε))) and tell something of its own
 * (Σ over views of the squares of the off-diagonal covariances, over dim). Rows are not normalised.
 *
 * Bardes, Ponce, LeCun, "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised
 * Learning", ICLR 2022, arXiv:2105.04906.
 *
 * @returns scalar ≥ 0; 0 without positive pairs
 */
export function vicRegLoss(
  batch: Batch,
  { invariance, variance, covariance, epsilon }: VicRegParams,
): Scalar {
  return tf.tidy(() => {
    const views = viewsOf(batch)
    if (!views) return tf.sum<Scalar>(tf.zerosLike(batch.raw))
    const apart = tf.mean(tf.square(tf.sub(views.first, views.second)))
    const parts = [views.first, views.second].map((view) => partsOf(view, epsilon))
    return parts.reduce<Scalar>(
      (sum, { lack, overlap }) =>
        tf.add(sum, tf.add(tf.mul(lack, variance / 2), tf.mul(overlap, covariance))),
      tf.mul(apart, invariance),
    )
  })
}

/** How much the dimensions lack of a deviation of 1, and how much they have in common. */
function partsOf(view: Tensor2D, epsilon: number): { lack: Scalar; overlap: Scalar } {
  const [count, dim] = view.shape
  const centred = tf.sub<Tensor2D>(view, tf.mean(view, 0, true))
  const divisor = Math.max(count - 1, 1)
  const variances = tf.div(tf.sum(tf.square(centred), 0), divisor)
  const lack = tf.mean<Scalar>(tf.relu(tf.sub(1, tf.sqrt(tf.add(variances, epsilon)))))
  const covariances = tf.div<Tensor2D>(tf.matMul(centred, centred, true, false), divisor)
  const isOff = tf.sub(1, tf.eye(dim))
  return { lack, overlap: tf.div(tf.sum(tf.mul(tf.square(covariances), isOff)), dim) }
}
