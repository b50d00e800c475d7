import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch, Learnt, LearntSpec } from './loss.ts'
import { masksOf, only } from './numerics.ts'
import { acrossViews, countAnchors } from './relation.ts'
import { valueOf } from './temperature.ts'

export interface SigLipParams {
  /** t: multiplies similarities, > 0; the paper begins at 10 and learns it. */
  readonly scale: number
  /** b: added to all logits, so that the many negatives do not begin far off; the paper begins at −10. */
  readonly bias: number
  /** Both are learnt and begin there; else they stay. */
  readonly isLearnt: boolean
}

/** t = e^logScale and b; t is held within what float32 logits bear. */
export function learntOfSigLip({ scale, bias, isLearnt }: SigLipParams): readonly LearntSpec[] {
  if (!isLearnt) return []
  const common = { shape: [], learningRateFactor: 1 }
  return [
    { ...common, name: 'logScale', start: Float32Array.of(Math.log(scale)), max: Math.log(1000) },
    { ...common, name: 'bias', start: Float32Array.of(bias) },
  ]
}

/**
 * Sigmoid loss (SigLIP): each pair is judged alone, −log σ(±(t s_ij + b)) with + for positives and − for
 * negatives, summed over an anchor's pairs; the mean over anchors. Where there are two views of each
 * image, first views meet only second ones.
 *
 * Zhai, Mustafa, Kolesnikov, Beyer, "Sigmoid Loss for Language Image Pre-Training", ICCV 2023,
 * arXiv:2303.15343.
 *
 * @returns scalar ≥ 0
 */
export function sigLipLoss(
  { rows, columns, relation }: Batch,
  { scale, bias, isLearnt }: SigLipParams,
  learnt: Learnt,
): Scalar {
  const across = acrossViews(relation)
  return tf.tidy(() => {
    const factor = isLearnt ? tf.exp(valueOf(learnt, 'logScale')) : scale
    const offset = isLearnt ? valueOf(learnt, 'bias') : bias
    const logits = tf.add(tf.mul(similarities(rows, columns), factor), offset)
    const { isPositive, isNegative } = masksOf(across)
    const pull = only(isPositive, tf.softplus(tf.neg(logits)))
    const push = only(isNegative, tf.softplus(logits))
    return tf.div<Scalar>(tf.sum(tf.add(pull, push)), Math.max(countAnchors(across), 1))
  })
}
