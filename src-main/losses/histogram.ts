import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf } from './numerics.ts'
import { countPairs } from './relation.ts'
import { softHistogram } from './softHistogram.ts'

export interface HistogramParams {
  /** Bins over similarities, a whole number ≥ 2; the paper takes 100 – 200 and finds little difference. */
  readonly bins: number
}

/**
 * Histogram loss: the chance that a random negative pair is more similar than a random positive pair,
 * Σ_r h⁻_r Σ_{q ≤ r} h⁺_q, from soft histograms of the similarities of all pairs of the batch.
 *
 * Ustinova, Lempitsky, "Learning Deep Embeddings with Histogram Loss", NIPS 2016, arXiv:1611.00822.
 *
 * @returns scalar in [0, 1]; 0 when the batch has no positive or no negative pair
 */
export function histogramLoss(
  { rows, columns, relation }: Batch,
  { bins }: HistogramParams,
): Scalar {
  return tf.tidy(() => {
    const similarity = similarities(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const { allPositives, allNegatives } = countPairs(relation)
    const shareOf = (mask: Tensor2D, pairs: number) => {
      const byRow = softHistogram(similarity, mask, { first: -1, last: 1, count: bins + 1 })
      return tf.div(tf.sum(byRow, 0), Math.max(pairs, 1))
    }
    const positivesUpTo = tf.cumsum(shareOf(isPositive, allPositives))
    return tf.sum<Scalar>(tf.mul(shareOf(isNegative, allNegatives), positivesUpTo))
  })
}
