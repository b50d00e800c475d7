import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf, withoutGradient } from './numerics.ts'

/**
 * Dynamic soft margin: of each anchor the farthest positive and the nearest negative, and their gap
 * d_ap − d_an weighted by the share of the batch's gaps that are not larger: hard triplets count in full,
 * easy ones hardly, and nothing has to be tuned. The weights pass no gradient; the mean over anchors.
 *
 * Zhang, Rusinkiewicz, "Learning Local Descriptors With a CDF-Based Dynamic Soft Margin", ICCV 2019, which
 * takes the distribution of gaps over the latest steps, not over one batch.
 *
 * @returns scalar of either sign; 0 when no anchor has both a positive and a negative
 */
export function dynamicSoftMarginLoss({ rows, columns, relation }: Batch): Scalar {
  return tf.tidy(() => {
    const distances = euclideanDistances(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const chosen = (mask: Tensor2D, filler: number, sign: number) =>
      withoutGradient(distances, (d) => {
        const out: Tensor2D = tf.fill([relation.rows, relation.columns], filler)
        const reach = tf.where<Tensor2D>(mask, tf.mul<Tensor2D>(d, sign), out)
        const best = tf.oneHot(tf.argMax<tf.Tensor1D>(reach, 1), relation.columns)
        return tf.cast<Tensor2D>(best as Tensor2D, 'float32')
      })
    const of = (isChosen: Tensor2D) => tf.sum(tf.mul(distances, isChosen), 1)
    const gaps = tf.sub(of(chosen(isPositive, -9, 1)), of(chosen(isNegative, -9, -1)))
    const isCounted = tf.cast(
      tf.logicalAnd(tf.any(isPositive, 1), tf.any(isNegative, 1)),
      'float32',
    )
    const count = tf.maximum(tf.sum(isCounted), 1)
    const weights = withoutGradient(gaps, (x) => {
      const isUpTo = tf.cast(tf.lessEqual(tf.expandDims(x, 0), tf.expandDims(x, 1)), 'float32')
      return tf.div(tf.sum(tf.mul(isUpTo, tf.expandDims(isCounted, 0)), 1), count)
    })
    return tf.div<Scalar>(tf.sum(tf.mul(tf.mul(weights, gaps), isCounted)), count)
  })
}
