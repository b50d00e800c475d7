import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { squaredDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'
import { softHistogram } from './softHistogram.ts'

export interface FastApParams {
  /** Bins over squared distances, a whole number ≥ 2; more are finer and noisier. The paper takes 10. */
  readonly bins: number
  /** Over anchors that have a positive. */
  readonly reducer: Reducer
}

/**
 * FastAP: one minus each anchor's average precision when its others are ranked by distance, made
 * differentiable by soft histograms of squared distances; reduced over anchors that have a positive.
 *
 * Cakir, He, Xia, Kulis, Sclaroff, "Deep Metric Learning to Rank", CVPR 2019.
 *
 * @returns scalar in [0, 1]
 */
export function fastApLoss(
  { rows, columns, relation }: Batch,
  { bins, reducer }: FastApParams,
): Scalar {
  return tf.tidy(() => {
    const distances = squaredDistances(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const nodes = { first: 0, last: 4, count: bins + 1 }
    const own = softHistogram(distances, isPositive, nodes)
    const others = softHistogram(distances, isNegative, nodes)
    const ownBefore = tf.cumsum(own, 1)
    const allBefore = tf.cumsum(tf.add(own, others), 1)
    // Where nothing was found yet, own is 0 and so is the term.
    const precision = tf.div(ownBefore, tf.maximum(allBefore, 1e-12))
    const positives = tf.sum(tf.cast(isPositive, 'float32'), 1, true)
    const found = tf.sum(tf.mul(own, precision), 1, true)
    const values = tf.sub<Tensor2D>(1, tf.div(found, tf.maximum(positives, 1)))
    return reduce({ values, isCounted: tf.greater(positives, 0) }, reducer)
  })
}
