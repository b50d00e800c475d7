import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf, meanWhere } from './numerics.ts'

export interface IntraPairVarianceParams {
  /** ε₊: share below their mean that positives may lie, ≥ 0; the paper takes .01. */
  readonly positiveEpsilon: number
  /** ε₋: share above their mean that negatives may lie, ≥ 0; the paper takes .01. */
  readonly negativeEpsilon: number
}

/**
 * Intra-pair variance: max(0, (1 − ε₊) s̄₊ − s)² over positive pairs and max(0, s − (1 + ε₋) s̄₋)² over
 * negative ones, each kind's mean, added; s̄ are the kinds' mean similarities, through which the gradient
 * flows too. It evens pairs out and does not part positives from negatives.
 *
 * Yu, Tao, "Deep Metric Learning With Tuplet Margin Loss", ICCV 2019.
 *
 * @returns scalar ≥ 0
 */
export function intraPairVarianceLoss(
  { rows, columns, relation }: Batch,
  { positiveEpsilon, negativeEpsilon }: IntraPairVarianceParams,
): Scalar {
  return tf.tidy(() => {
    const similarity = similarities(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const near = tf.mul(meanWhere(isPositive, similarity), 1 - positiveEpsilon)
    const far = tf.mul(meanWhere(isNegative, similarity), 1 + negativeEpsilon)
    return tf.add<Scalar>(
      meanWhere(isPositive, tf.square(tf.relu(tf.sub(near, similarity)))),
      meanWhere(isNegative, tf.square(tf.relu(tf.sub(similarity, far)))),
    )
  })
}
