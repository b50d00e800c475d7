import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances, similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { excessOver, maskedLogSumExp, masksOf, withoutGradient } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

export interface TupletMarginParams {
  /** β, taken off the angle of a positive pair, in degrees, in [0, 90]; the paper takes 5.73 (.1 radians). */
  readonly angle: number
  /** s: how sharply it looks at the nearest negatives, > 0; the paper takes 64. */
  readonly scale: number
  /** Over positive pairs. */
  readonly reducer: Reducer
}

/**
 * Tuplet margin: for each ordered positive pair log(1 + Σ_n e^(s (cos θ_an − cos(θ_ap − β)))): the easier
 * a positive, the more its margin asks, so that hard positives do not rule; reduced over pairs.
 *
 * Yu, Tao, "Deep Metric Learning With Tuplet Margin Loss", ICCV 2019.
 *
 * @returns scalar ≥ 0
 */
export function tupletMarginLoss(
  { rows, columns, relation }: Batch,
  { angle, scale, reducer }: TupletMarginParams,
): Scalar {
  return tf.tidy(() => {
    const similarity = similarities(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const radians = (angle * Math.PI) / 180
    const turned = tf.add(
      tf.mul(similarity, Math.cos(radians)),
      tf.mul(sines(rows, columns), Math.sin(radians)),
    )
    const logits = tf.mul<Tensor2D>(similarity, scale)
    const sum = maskedLogSumExp(logits, isNegative)
    const excess = excessOver(sum, tf.mul<Tensor2D>(turned, scale))
    return reduce({ values: tf.softplus(excess), isCounted: isPositive, excess }, reducer)
  })
}

/**
 * Sine of the angle between a row and a column, from the distance d: d √(1 − d²/4). As √(1 − cos²) it
 * would lose half its digits and have no finite slope where two rows are the same. A row of zeros is
 * at 90° to all.
 */
function sines(rows: Tensor2D, columns: Tensor2D): Tensor2D {
  const distances = euclideanDistances(rows, columns)
  const rest = tf.maximum(tf.sub(1, tf.div(tf.square(distances), 4)), 1e-12)
  const sine = tf.mul<Tensor2D>(distances, tf.sqrt(rest))
  const rightAngles = tf.onesLike(distances)
  return tf.where(
    isLong(rows),
    tf.where(tf.transpose(isLong(columns)), sine, rightAngles),
    rightAngles,
  )
}

function isLong(x: Tensor2D): Tensor2D {
  return withoutGradient(x, (rows) => tf.greater<Tensor2D>(tf.sum(tf.square(rows), 1, true), 0.5))
}
