import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf, only } from './numerics.ts'
import { acrossViews, countAnchors } from './relation.ts'

export interface SigLipParams {
  /** t: multiplies similarities, > 0; the paper begins at 10 and learns it. */
  readonly scale: number
  /** b: added to all logits, so that the many negatives do not begin far off; the paper begins at −10. */
  readonly bias: number
}

/**
 * Sigmoid loss (SigLIP): each pair is judged alone, −log σ(±(t s_ij + b)) with + for positives and − for
 * negatives, summed over an anchor's pairs; the mean over anchors. Where there are two views of each
 * image, first views meet only second ones. t and b are fixed here.
 *
 * Zhai, Mustafa, Kolesnikov, Beyer, "Sigmoid Loss for Language Image Pre-Training", ICCV 2023,
 * arXiv:2303.15343.
 *
 * @returns scalar ≥ 0
 */
export function sigLipLoss(
  { rows, columns, relation }: Batch,
  { scale, bias }: SigLipParams,
): Scalar {
  const across = acrossViews(relation)
  return tf.tidy(() => {
    const logits = tf.add(tf.mul(similarities(rows, columns), scale), bias)
    const { isPositive, isNegative } = masksOf(across)
    const pull = only(isPositive, tf.softplus(tf.neg(logits)))
    const push = only(isNegative, tf.softplus(logits))
    return tf.div<Scalar>(tf.sum(tf.add(pull, push)), Math.max(countAnchors(across), 1))
  })
}
