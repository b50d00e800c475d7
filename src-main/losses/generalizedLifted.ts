import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { ContrastiveParams } from './contrastive.ts'
import { distancesOf } from './distance.ts'
import type { Batch } from './loss.ts'
import { logSumExp, masksOf, only } from './numerics.ts'
import { reduceAnchors } from './reducer.ts'

/**
 * Generalised lifted structure: per anchor max(0, log Σ_p e^(d_ip − m₊) + log Σ_n e^(m₋ − d_in)), where a
 * sum over nothing counts as 1; reduced over anchors.
 *
 * Hermans, Beyer, Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017,
 * arXiv:1703.07737.
 *
 * @returns scalar ≥ 0
 */
export function generalizedLiftedLoss(
  batch: Batch,
  { positiveMargin, negativeMargin, distance, reducer }: ContrastiveParams,
): Scalar {
  return tf.tidy(() => {
    const distances = distancesOf(batch, distance)
    const { isPositive, isNegative } = masksOf(batch.relation)
    const pull = logSumExpOrZero(tf.sub(distances, positiveMargin), isPositive)
    const push = logSumExpOrZero(tf.sub(negativeMargin, distances), isNegative)
    const values = tf.relu(tf.add<Tensor2D>(pull, push))
    return reduceAnchors({ values }, batch.anchorCount, reducer)
  })
}

function logSumExpOrZero(x: Tensor2D, mask: Tensor2D): Tensor2D {
  return only(tf.any(mask, 1, true), logSumExp(x, mask))
}
