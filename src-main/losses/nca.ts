import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch } from './loss.ts'
import { maskedLogSumExp, masksOf } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

export interface NcaParams {
  /** Multiplies distances, > 0; 1 in the paper, which learns the length of rows instead. */
  readonly scale: number
  /** The paper's is the squared Euclidean one. */
  readonly distance: Distance
  /** Over anchors that have a positive. */
  readonly reducer: Reducer
}

/**
 * Neighbourhood components: if an anchor picks a neighbour with a probability ∝ e^(−scale d_ij),
 * −log of the chance that it is a positive; reduced over anchors that have a positive.
 *
 * Goldberger, Roweis, Hinton, Salakhutdinov, "Neighbourhood Components Analysis", NIPS 2004, in the
 * form of the logarithm.
 *
 * @returns scalar ≥ 0
 */
export function ncaLoss(batch: Batch, { scale, distance, reducer }: NcaParams): Scalar {
  return tf.tidy(() => {
    const logits = tf.mul<Tensor2D>(similaritiesOf(batch, distance), scale)
    const { isPositive, isNegative } = masksOf(batch.relation)
    const all = maskedLogSumExp(logits, tf.logicalOr(isPositive, isNegative))
    const own = maskedLogSumExp(logits, isPositive)
    const values = tf.add<Tensor2D>(tf.sub(all.maximum, own.maximum), tf.sub(all.rest, own.rest))
    return reduce({ values, isCounted: tf.any(isPositive, 1, true) }, reducer)
  })
}
