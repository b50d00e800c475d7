import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { PairMargins } from './contrastive.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { logSumExp, masksOf, only } from './numerics.ts'
import { countAnchors } from './relation.ts'

/**
 * Generalised lifted structure: per anchor max(0, log Σ_p e^(d_ip − m₊) + log Σ_n e^(m₋ − d_in)), where a
 * sum over nothing counts as 1; the mean over anchors that have a pair.
 *
 * Hermans, Beyer, Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017,
 * arXiv:1703.07737.
 *
 * @returns scalar ≥ 0
 */
export function generalizedLiftedLoss(
  { rows, columns, relation }: Batch,
  { positiveMargin, negativeMargin }: PairMargins,
): Scalar {
  return tf.tidy(() => {
    const distances = euclideanDistances(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const pull = logSumExpOrZero(tf.sub(distances, positiveMargin), isPositive)
    const push = logSumExpOrZero(tf.sub(negativeMargin, distances), isNegative)
    const terms = tf.relu(tf.add(pull, push))
    return tf.div<Scalar>(tf.sum(terms), Math.max(countAnchors(relation), 1))
  })
}

function logSumExpOrZero(x: Tensor2D, mask: Tensor2D): Tensor2D {
  return only(tf.any(mask, 1, true), logSumExp(x, mask))
}
