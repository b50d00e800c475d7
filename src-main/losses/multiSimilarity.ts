import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch } from './loss.ts'
import { logSumExp, masksOf, withoutGradient } from './numerics.ts'
import type { Masks } from './numerics.ts'
import { reduceAnchors } from './reducer.ts'
import type { Reducer } from './reducer.ts'

/** `relative`: only pairs that are harder, to within ε, than the anchor's hardest of the other kind. */
export const pairMinings = ['relative', 'all'] as const

export interface MultiSimilarityParams {
  /** α: how sharply it looks at the farthest positives, > 0; the paper takes 2. */
  readonly positiveScale: number
  /** β: how sharply it looks at the nearest negatives, > 0; the paper takes 50. */
  readonly negativeScale: number
  /** λ: similarity at which a pair is neither good nor bad, in [−1, 1]; the paper takes 1, its code .5. */
  readonly base: number
  readonly mining: (typeof pairMinings)[number]
  /** ε of relative mining, in similarity, ≥ 0; the paper takes .1. */
  readonly epsilon: number
  /** What gives the similarity. */
  readonly distance: Distance
  readonly reducer: Reducer
}

/**
 * Multi-similarity: per anchor 1/α log(1 + Σ_p e^(−α(s_ip − λ))) + 1/β log(1 + Σ_n e^(β(s_in − λ))) over
 * the mined pairs; reduced over anchors that have a pair, mined or not.
 *
 * Wang, Han, Huang, Dong, Scott, "Multi-Similarity Loss with General Pair Weighting for Deep Metric
 * Learning", CVPR 2019, arXiv:1904.06627.
 *
 * @returns scalar ≥ 0
 */
export function multiSimilarityLoss(batch: Batch, params: MultiSimilarityParams): Scalar {
  return tf.tidy(() => {
    const { positiveScale, negativeScale, base, mining, epsilon, distance, reducer } = params
    const similarity = similaritiesOf(batch, distance)
    const known = masksOf(batch.relation)
    const { isPositive, isNegative } =
      mining === 'all' ? known : relativelyHard(similarity, known, epsilon)
    const far = logSumExp(tf.mul(tf.sub(base, similarity), positiveScale), isPositive)
    const near = logSumExp(tf.mul(tf.sub(similarity, base), negativeScale), isNegative)
    const pull = tf.div(tf.softplus(far), positiveScale)
    const push = tf.div(tf.softplus(near), negativeScale)
    return reduceAnchors({ values: tf.add(pull, push) }, batch.anchorCount, reducer)
  })
}

/** Positives less similar than the nearest negative + ε, negatives more similar than the farthest positive − ε. */
function relativelyHard(
  similarity: Tensor2D,
  { isPositive, isNegative }: Masks,
  epsilon: number,
): Masks {
  const beyond = tf.fill(similarity.shape, 1e9)
  return {
    isPositive: withoutGradient(similarity, (s) => {
      const nearest = tf.max(tf.where(isNegative, s, tf.neg(beyond)), 1, true)
      return tf.logicalAnd<Tensor2D>(isPositive, tf.less(tf.sub(s, epsilon), nearest))
    }),
    isNegative: withoutGradient(similarity, (s) => {
      const farthest = tf.min(tf.where(isPositive, s, beyond), 1, true)
      return tf.logicalAnd<Tensor2D>(isNegative, tf.greater(tf.add(s, epsilon), farthest))
    }),
  }
}
