import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { logSumExp, masksOf, withoutGradient } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

export interface CircleParams {
  /** m: positives are pulled beyond 1 − m, negatives pushed below m, in [0, 1]; the paper takes .25 – .4. */
  readonly margin: number
  /** γ: how sharply it looks at the worst pairs, > 0; the paper takes 80 – 256. */
  readonly scale: number
  /** Over anchors that have a positive and a negative. */
  readonly reducer: Reducer
}

/**
 * Circle loss: per anchor log(1 + Σ_n e^(γ α_n (s_in − m)) · Σ_p e^(−γ α_p (s_ip − 1 + m))), where the
 * paces α_p = max(0, 1 + m − s_ip) and α_n = max(0, s_in + m) weigh a pair by how far it is from its
 * goal and pass no gradient; reduced over anchors.
 *
 * Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity Optimization", CVPR 2020,
 * arXiv:2002.10857.
 *
 * @returns scalar ≥ 0; an anchor without a positive or without a negative does not count
 */
export function circleLoss(
  { rows, columns, relation }: Batch,
  { margin, scale, reducer }: CircleParams,
): Scalar {
  return tf.tidy(() => {
    const similarity = similarities(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const pullPace = withoutGradient(similarity, (s) => tf.relu(tf.sub(1 + margin, s)))
    const pushPace = withoutGradient(similarity, (s) => tf.relu(tf.add(s, margin)))
    const pull = tf.mul<Tensor2D>(tf.mul(pullPace, tf.sub(1 - margin, similarity)), scale)
    const push = tf.mul<Tensor2D>(tf.mul(pushPace, tf.sub(similarity, margin)), scale)
    const excess = tf.add<Tensor2D>(logSumExp(pull, isPositive), logSumExp(push, isNegative))
    const isCounted = tf.logicalAnd<Tensor2D>(
      tf.any(isPositive, 1, true),
      tf.any(isNegative, 1, true),
    )
    return reduce({ values: tf.softplus(excess), isCounted, excess }, reducer)
  })
}
