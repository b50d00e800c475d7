import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { squaredDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { maskedLogSumExp, masksOf, meanWhere } from './numerics.ts'

export interface NcaParams {
  /** Multiplies squared distances, > 0; 1 in the paper, which learns the length of rows instead. */
  readonly scale: number
}

/**
 * Neighbourhood components: if an anchor picks a neighbour with a probability ∝ e^(−scale ‖z_i − z_j‖²),
 * −log of the chance that it is a positive; the mean over anchors that have a positive.
 *
 * Goldberger, Roweis, Hinton, Salakhutdinov, "Neighbourhood Components Analysis", NIPS 2004, in the
 * form of the logarithm.
 *
 * @returns scalar ≥ 0
 */
export function ncaLoss({ rows, columns, relation }: Batch, { scale }: NcaParams): Scalar {
  return tf.tidy(() => {
    const logits = tf.mul<Tensor2D>(squaredDistances(rows, columns), -scale)
    const { isPositive, isNegative } = masksOf(relation)
    const all = maskedLogSumExp(logits, tf.logicalOr(isPositive, isNegative))
    const own = maskedLogSumExp(logits, isPositive)
    const terms = tf.add(tf.sub(all.maximum, own.maximum), tf.sub(all.rest, own.rest))
    return meanWhere(tf.any(isPositive, 1, true), terms)
  })
}
