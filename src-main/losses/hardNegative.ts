import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { maskedLogSumExp, masksOf, meanWhere } from './numerics.ts'
import { countPairs } from './relation.ts'

export interface HardNegativeParams {
  /** τ > 0; the paper takes .5. */
  readonly temperature: number
  /** τ⁺: the share of negatives that are expected to be false, in [0, 1); the paper takes .1. */
  readonly falseShare: number
  /** β: how much more the similar negatives weigh, ≥ 0; the paper takes .5 – 1, 0 weighs all alike. */
  readonly hardness: number
}

/**
 * Hard-negative contrastive loss (HCL): for each ordered positive pair −log(e⁺ / (e⁺ + g)), where
 * e⁺ = e^(s_ip/τ) and, over the M negatives, g = max((Σ_n w_n e^(s_in/τ) − τ⁺ M e⁺) / (1 − τ⁺), M e^(−1/τ)):
 * w_n ∝ e^(β s_in/τ) with mean 1 looks at the similar ones, and what false negatives are expected to add
 * is taken off. The mean over pairs. The gradient flows through w, as in the authors' code.
 *
 * Robinson, Chuang, Sra, Jegelka, "Contrastive Learning with Hard Negative Samples", ICLR 2021,
 * arXiv:2010.04592.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function hardNegativeLoss(
  { rows, columns, relation }: Batch,
  { temperature, falseShare, hardness }: HardNegativeParams,
): Scalar {
  return tf.tidy(() => {
    const logits = tf.div<Tensor2D>(similarities(rows, columns), temperature)
    const { isPositive, isNegative } = masksOf(relation)
    const negatives = tf.expandDims(tf.tensor1d(countPairs(relation).negatives, 'float32'), 1)
    const logCount = tf.log(tf.maximum(negatives, 1))
    const push = pushOf(logits, isNegative, { logCount, hardness })
    const floor = tf.sub(logCount, 1 / temperature)
    const aboveFloor = tf.sub(tf.sub(push, Math.log(1 - falseShare)), floor)
    const falsePush =
      falseShare === 0 ? null : tf.add(tf.sub(logits, push), tf.add(logCount, Math.log(falseShare)))
    const raised = falsePush === null ? aboveFloor : tf.add(aboveFloor, logOneMinusExp(falsePush))
    const excess = tf.add(tf.sub(floor, logits), tf.relu(raised))
    const hasNegative = tf.greater(negatives, 0)
    const terms = tf.where(hasNegative, tf.softplus(excess), tf.zerosLike(excess))
    return meanWhere(isPositive, terms)
  })
}

/** log Σ_n w_n e^(s_n/τ), `[rows, 1]`. */
function pushOf(
  logits: Tensor2D,
  isNegative: Tensor2D,
  { logCount, hardness }: { readonly logCount: tf.Tensor; readonly hardness: number },
): Tensor2D {
  const plain = maskedLogSumExp(logits, isNegative)
  if (hardness === 0) return tf.add(plain.maximum, plain.rest)
  const sharp = maskedLogSumExp(tf.mul(logits, 1 + hardness), isNegative)
  const weight = maskedLogSumExp(tf.mul(logits, hardness), isNegative)
  const maxima = tf.sub(sharp.maximum, weight.maximum)
  return tf.add(maxima, tf.add(tf.sub(sharp.rest, weight.rest), logCount))
}

/** log(1 − eˣ) for x < 0; a finite, very negative number for the others, without gradient. */
function logOneMinusExp(x: tf.Tensor): tf.Tensor {
  return tf.log(tf.maximum(tf.sub(1, tf.exp(tf.minimum(x, 0))), 1e-20))
}
