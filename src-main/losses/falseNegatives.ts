import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch, Learnt } from './loss.ts'
import {
  excessOver,
  maskedLogSumExp,
  masksOf,
  meanWhere,
  only,
  withoutGradient,
} from './numerics.ts'
import { positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { temperatureOf } from './temperature.ts'
import type { TemperatureParams } from './temperature.ts'

/** `eliminate`: they leave the denominator; `attract`: they are positives too. */
export const cancellations = ['eliminate', 'attract'] as const

/** The paper takes a temperature of .1. */
export interface FalseNegativeParams extends TemperatureParams {
  readonly cancellation: (typeof cancellations)[number]
  /** Negatives of an image that can be found false at most, a whole number ≥ 1. */
  readonly most: number
  /** Similarity that they must exceed, in [−1, 1]; the paper takes .7. */
  readonly threshold: number
}

/**
 * False-negative cancellation: NT-Xent whose negatives are suspected where they are among the `most`
 * similar of an anchor or of its other view, and more similar than a threshold. Suspects are eliminated
 * from the denominator, or attracted: the numerator is then the mean over positives and suspects. The
 * suspicion passes no gradient.
 *
 * Huynh, Kornblith, Walter, Maire, Khademi, "Boosting Contrastive Self-Supervised Learning with False
 * Negative Cancellation", WACV 2022, arXiv:2011.11765, which scores by separate support views.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive pair
 */
export function falseNegativesLoss(
  batch: Batch,
  params: FalseNegativeParams,
  learnt: Learnt,
): Scalar {
  const { rows, columns, relation } = batch
  return tf.tidy(() => {
    const temperature = temperatureOf(batch, params, learnt)
    const similarity = similarities(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const isSuspect = withoutGradient(similarity, (s) =>
      suspects(s as Tensor2D, isNegative, { ...params, relation }),
    )
    const logits = tf.div<Tensor2D>(similarity, temperature)
    if (params.cancellation === 'eliminate') {
      const isLeft = withoutGradient(similarity, () =>
        tf.logicalAnd<Tensor2D>(isNegative, tf.less(isSuspect, 0.5)),
      )
      const terms = tf.softplus(excessOver(maskedLogSumExp(logits, isLeft), logits))
      return meanWhere(isPositive, terms)
    }
    const sum = maskedLogSumExp(logits, tf.logicalOr(isPositive, isNegative))
    const weights = tf.add<Tensor2D>(tf.cast(isPositive, 'float32'), isSuspect)
    const hasPositive = tf.any(isPositive, 1, true)
    const excess = excessOver(sum, logits)
    const isPulled = withoutGradient(weights, (x) => tf.greater(x, 0))
    const counts = tf.maximum(tf.sum(weights, 1, true), 1)
    const terms = tf.div(tf.sum(tf.mul(weights, only(isPulled, excess)), 1, true), counts)
    return meanWhere(hasPositive, terms)
  })
}

/** 1 where a negative is suspected to be a positive, `[rows, columns]`. */
function suspects(
  similarity: Tensor2D,
  isNegative: Tensor2D,
  { most, threshold, relation }: FalseNegativeParams & { readonly relation: Relation },
): Tensor2D {
  const otherView = tf.gather(similarity, tf.tensor1d(otherViews(relation), 'int32'))
  const best = tf.maximum<Tensor2D>(similarity, otherView)
  const scores = tf.where<Tensor2D>(isNegative, best, tf.fill(best.shape, -9))
  const { indices } = tf.topk(scores, Math.min(most, relation.columns))
  const isAmong = tf.sum(tf.oneHot(tf.cast(indices, 'int32'), relation.columns), 1)
  const isAlike = tf.cast(tf.greater(scores, threshold), 'float32')
  return tf.mul<Tensor2D>(tf.cast(isAmong, 'float32'), isAlike)
}

/** Each anchor's first positive among the anchors; itself where it has none. */
function otherViews({ rows, columns, cells }: Relation): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    const found = cells.subarray(i * columns, i * columns + rows).indexOf(positive)
    return found < 0 ? i : found
  })
}
