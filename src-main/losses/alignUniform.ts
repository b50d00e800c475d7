import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { logZero, maskOf, meanWhere, withoutGradient } from './numerics.ts'
import { countPairs, negative, positive, withinViews } from './relation.ts'
import type { Relation } from './relation.ts'

export interface AlignUniformParams {
  /** α: power of the distance between positives, in [1, 4]; the paper takes 2. */
  readonly alignPower: number
  /** t: how near a pair must be to push, > 0; the paper takes 2. */
  readonly uniformScale: number
  /** Weight of alignment, ≥ 0; the paper takes 1. */
  readonly alignWeight: number
  /** Weight of uniformity, ≥ 0; the paper takes 1. */
  readonly uniformWeight: number
}

/**
 * Alignment and uniformity: the mean of ‖z_i − z_p‖^α over positive pairs, plus log of the mean of
 * e^(−t ‖z_i − z_n‖²) over negative pairs; where there are two views of each image, over the negatives
 * within a view, and the mean of both views.
 *
 * Wang, Isola, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the
 * Hypersphere", ICML 2020, arXiv:2005.10242.
 *
 * @returns scalar ≥ −4 t · uniformWeight; without pairs of a kind its part is 0
 */
export function alignUniformLoss(
  { rows, columns, relation }: Batch,
  { alignPower, uniformScale, alignWeight, uniformWeight }: AlignUniformParams,
): Scalar {
  return tf.tidy(() => {
    const distances = euclideanDistances(rows, columns)
    const logits = tf.mul<Tensor2D>(tf.square(distances), -uniformScale)
    const isPositive = maskOf(relation.cells, positive, [relation.rows, relation.columns])
    const alignment = meanWhere(isPositive, tf.pow(distances, alignPower))
    const views = withinViews(relation).filter((view) => countPairs(view).allNegatives > 0)
    const weight = uniformWeight / Math.max(views.length, 1)
    return views
      .map((view) => logMeanExp(logits, view))
      .reduce<Scalar>(
        (sum, uniformity) => tf.add(sum, tf.mul(uniformity, weight)),
        tf.mul(alignment, alignWeight),
      )
  })
}

/** log of the mean of eˣ over the relation's negatives, of which there is one. */
function logMeanExp(x: Tensor2D, { rows, columns, cells }: Relation): Scalar {
  const isNegative = maskOf(cells, negative, [rows, columns])
  const kept = tf.where(isNegative, x, tf.fill(x.shape, logZero))
  const maximum = withoutGradient(kept, (value) => tf.max(value))
  const sum = tf.sum(tf.exp(tf.sub(kept, maximum)))
  const count = tf.sum(tf.cast(isNegative, 'float32'))
  return tf.add<Scalar>(tf.log(tf.div(sum, count)), maximum)
}
