import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import {
  isReadable,
  lengths,
  maskedLogSumExp,
  masksOf,
  rowsAt,
  weightedSum,
  withoutGradient,
} from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'
import { positivePairs } from './relation.ts'
import { termWeights } from './termWeights.ts'

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
  const { anchors, positives } = positivePairs(relation)
  const radians = (angle * Math.PI) / 180
  return tf.tidy(() => {
    if (anchors.length === 0) return tf.sum<Scalar>(tf.zerosLike(rows))
    const { isNegative } = masksOf(relation)
    const logits = tf.mul<Tensor2D>(similarities(rows, columns), scale)
    const { maximum, rest } = maskedLogSumExp(logits, isNegative)
    const [a, p] = [rowsAt(rows, anchors), rowsAt(columns, positives)]
    const turned = tf.add(
      tf.mul(tf.sum(tf.mul(a, p), 1, true), Math.cos(radians)),
      tf.mul(sines(a, p), Math.sin(radians)),
    )
    const easiest = tf.sub(rowsAt(maximum, anchors), tf.mul(turned, scale))
    const excess = tf.add<Tensor2D>(easiest, rowsAt(rest, anchors))
    const values = tf.softplus(excess)
    if (!isReadable()) {
      const isCounted = tf.onesLike(tf.cast<Tensor2D>(values, 'bool'))
      return reduce({ values, isCounted, excess }, reducer)
    }
    const list = {
      values: Float64Array.from(values.dataSync()),
      excess: Float64Array.from(excess.dataSync()),
      anchors,
      rows: relation.rows,
    }
    return weightedSum(values, termWeights(list, reducer))
  })
}

/**
 * Sine of the angle between rows at one place, from their distance d: d √(1 − d²/4), `[pairs, 1]`. As
 * √(1 − cos²) it would lose half its digits and have no finite slope where two rows are the same. A row of
 * zeros is at 90° to all.
 */
function sines(a: Tensor2D, b: Tensor2D): Tensor2D {
  const distances = lengths(tf.sub(a, b))
  const rest = tf.maximum(tf.sub(1, tf.div(tf.square(distances), 4)), 1e-12)
  const sine = tf.mul<Tensor2D>(distances, tf.sqrt(rest))
  const isMeasured = withoutGradient(tf.minimum(squares(a), squares(b)), (x) => tf.greater(x, 0.5))
  return tf.where<Tensor2D>(isMeasured, sine, tf.onesLike(sine))
}

function squares(x: Tensor2D): Tensor2D {
  return tf.sum(tf.square(x), 1, true)
}
