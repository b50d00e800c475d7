import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { viewsOf } from './views.ts'

export interface BarlowTwinsParams {
  /** λ: weight of the correlations that shall be 0, ≥ 0; the paper takes .005. */
  readonly redundancy: number
  /** Added to variances, > 0. */
  readonly epsilon: number
}

/**
 * Barlow Twins: no negatives; each dimension shall correlate over the batch with itself in the other view
 * and with no other dimension: Σ (1 − C_dd)² + λ Σ C_de². Rows are not normalised, dimensions are.
 *
 * Zbontar, Jing, Misra, LeCun, Deny, "Barlow Twins: Self-Supervised Learning via Redundancy Reduction",
 * ICML 2021, arXiv:2103.03230.
 *
 * @returns scalar ≥ 0; 0 without positive pairs
 */
export function barlowTwinsLoss(batch: Batch, { redundancy, epsilon }: BarlowTwinsParams): Scalar {
  return tf.tidy(() => {
    const views = viewsOf(batch)
    if (!views) return tf.sum<Scalar>(tf.zerosLike(batch.raw))
    const [first, second] = [
      standardised(views.first, epsilon),
      standardised(views.second, epsilon),
    ]
    const [count, dim] = first.shape
    const correlations = tf.div(tf.matMul(first, second, true, false), count)
    const isOwn = tf.eye(dim)
    const misses = tf.square(tf.sub(correlations, isOwn))
    const weights = tf.add(isOwn, tf.mul(tf.sub(1, isOwn), redundancy))
    return tf.sum<Scalar>(tf.mul(misses, weights))
  })
}

function standardised(view: Tensor2D, epsilon: number): Tensor2D {
  const centred = tf.sub<Tensor2D>(view, tf.mean(view, 0, true))
  const variances = tf.mean(tf.square(centred), 0, true)
  return tf.div(centred, tf.sqrt(tf.add(variances, epsilon)))
}
