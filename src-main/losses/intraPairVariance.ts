import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf, meanWhere } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

export interface IntraPairVarianceParams {
  /** ε₊: share below their mean that positives may lie, ≥ 0; the paper takes .01. */
  readonly positiveEpsilon: number
  /** ε₋: share above their mean that negatives may lie, ≥ 0; the paper takes .01. */
  readonly negativeEpsilon: number
  /** What gives the similarity; the paper's is the cosine. */
  readonly distance: Distance
  /** Of each kind's terms. */
  readonly reducer: Reducer
}

/**
 * Intra-pair variance: max(0, (1 − ε₊) s̄₊ − s)² over positive pairs and max(0, s − (1 + ε₋) s̄₋)² over
 * negative ones, each kind reduced by itself, added; s̄ are the kinds' mean similarities, through which the gradient
 * flows too. It evens pairs out and does not part positives from negatives.
 *
 * Yu, Tao, "Deep Metric Learning With Tuplet Margin Loss", ICCV 2019.
 *
 * @returns scalar ≥ 0
 */
export function intraPairVarianceLoss(
  batch: Batch,
  { positiveEpsilon, negativeEpsilon, distance, reducer }: IntraPairVarianceParams,
): Scalar {
  return tf.tidy(() => {
    const similarity = similaritiesOf(batch, distance)
    const { isPositive, isNegative } = masksOf(batch.relation)
    const near = tf.mul(meanWhere(isPositive, similarity), 1 - positiveEpsilon)
    const far = tf.mul(meanWhere(isNegative, similarity), 1 + negativeEpsilon)
    const termsOf = (excess: Tensor2D, isCounted: Tensor2D) => ({
      values: tf.square(tf.relu(excess)),
      isCounted,
    })
    return tf.add(
      reduce(termsOf(tf.sub(near, similarity), isPositive), reducer),
      reduce(termsOf(tf.sub(similarity, far), isNegative), reducer),
    )
  })
}
