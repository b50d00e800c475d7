import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { logZero, masksOf, withoutGradient } from './numerics.ts'
import { countAnchors } from './relation.ts'

export interface RankedListParams {
  /** α: distance beyond which negatives are left alone, in (0, 2]; the paper takes 1.2. */
  readonly boundary: number
  /** m: positives are left alone within α − m, ≥ 0; the paper takes .4. */
  readonly margin: number
  /** T: how much more nearer negatives weigh, ≥ 0; the paper takes 10. */
  readonly sharpness: number
  /** λ: the negatives' part of the whole, in [0, 1]; the paper takes .5. */
  readonly negativeShare: number
}

/**
 * Ranked list loss: per anchor (1 − λ) times the mean of d_ip − (α − m) over positives beyond α − m, plus
 * λ times the mean of α − d_in over negatives within α, weighted by e^(T(α − d_in)) without gradient;
 * the mean over anchors that have a pair.
 *
 * Wang, Hua, Kodirov, Hu, Garnier, Robertson, "Ranked List Loss for Deep Metric Learning", CVPR 2019,
 * arXiv:1903.03238.
 *
 * @returns scalar ≥ 0
 */
export function rankedListLoss(
  { rows, columns, relation }: Batch,
  { boundary, margin, sharpness, negativeShare }: RankedListParams,
): Scalar {
  return tf.tidy(() => {
    const distances = euclideanDistances(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const tooFar = tf.relu<Tensor2D>(tf.sub(distances, boundary - margin))
    const tooNear = tf.relu<Tensor2D>(tf.sub(boundary, distances))
    const sharesOf = (terms: Tensor2D, mask: Tensor2D, sharpness: number) =>
      withoutGradient(terms, (x) => shares(x as Tensor2D, mask, sharpness))
    const pull = tf.sum(tf.mul(tooFar, sharesOf(tooFar, isPositive, 0)))
    const push = tf.sum(tf.mul(tooNear, sharesOf(tooNear, isNegative, sharpness)))
    const both = tf.add(tf.mul(pull, 1 - negativeShare), tf.mul(push, negativeShare))
    return tf.div<Scalar>(both, Math.max(countAnchors(relation), 1))
  })
}

/** e^(sharpness · x) over its sum along a row, over terms of `mask` that are > 0; all 0 if none is. */
function shares(x: Tensor2D, mask: Tensor2D, sharpness: number): Tensor2D {
  const isCounted = tf.logicalAnd(mask, tf.greater(x, 0))
  const logits = tf.where<Tensor2D>(isCounted, tf.mul(x, sharpness), tf.fill(x.shape, logZero))
  return tf.mul(tf.softmax(logits), tf.cast(isCounted, 'float32'))
}
