import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { logZero, withoutGradient } from './numerics.ts'
import { countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

/**
 * - `distance-weighted`: each positive pair meets one negative, drawn evenly over distances
 * - `all`: each positive pair meets every negative of its anchor
 */
export const marginMinings = ['distance-weighted', 'all'] as const

export interface MarginParams {
  /** Half the width of the gap about the boundary, in distances, > 0; the paper takes .2. */
  readonly margin: number
  /** β: distance that separates positives from negatives, in (0, 2); the paper begins at 1.2 and learns it. */
  readonly boundary: number
  readonly mining: (typeof marginMinings)[number]
}

/** Nearer negatives count as being this far: their gradients are mostly noise. The paper's value. */
const nearest = 0.5
/** Farther negatives are not drawn: they are satisfied. The value of the paper's code. */
const farthest = 1.4

/**
 * Margin loss: over triplets max(0, d_ap − β + m) + max(0, β − d_an + m), divided by the number of terms
 * that are > 0. Distance-weighted mining is not sampled but taken in expectation: numerator and
 * denominator are those that a draw of one negative for each positive pair has on average.
 *
 * Wu, Manmatha, Smola, Krähenbühl, "Sampling Matters in Deep Embedding Learning", ICCV 2017,
 * arXiv:1706.07567, with β fixed.
 *
 * @returns scalar ≥ 0; 0 when no anchor has both a positive and a negative
 */
export function marginLoss(
  { rows, columns, relation }: Batch,
  { margin, boundary, mining }: MarginParams,
): Scalar {
  return tf.tidy(() => {
    const distances = euclideanDistances(rows, columns)
    const tooFar = tf.relu(tf.add(tf.sub(distances, boundary), margin))
    const tooNear = tf.relu(tf.add(tf.sub(boundary, distances), margin))
    const all = tripletCounts(relation)
    const ofPositives =
      mining === 'all' ? all.ofPositives : tf.cast(tf.greater(all.ofPositives, 0), 'float32')
    const ofNegatives =
      mining === 'all' ? all.ofNegatives : drawnNegatives(distances, all.ofNegatives, rows.shape[1])
    const terms = tf.add(tf.mul(ofPositives, tooFar), tf.mul(ofNegatives, tooNear))
    const count = tf.add(countOf(tooFar, ofPositives), countOf(tooNear, ofNegatives))
    return tf.div<Scalar>(tf.sum(terms), tf.maximum(count, 1e-6))
  })
}

function countOf(terms: Tensor, weights: Tensor): Scalar {
  return withoutGradient(terms, (x) =>
    tf.sum(tf.mul(weights, tf.cast(tf.greater(x, 0), 'float32'))),
  )
}

/** In how many triplets each pair is, `[rows, columns]`. */
function tripletCounts(relation: Relation): { ofPositives: Tensor2D; ofNegatives: Tensor2D } {
  const { rows, columns, cells } = relation
  const { positives, negatives } = countPairs(relation)
  const countsIf = (value: number, partners: Int32Array) =>
    tf.tensor2d(
      Float32Array.from(cells, (cell, at) =>
        cell === value ? (partners[Math.floor(at / columns)] ?? 0) : 0,
      ),
      [rows, columns],
    )
  return { ofPositives: countsIf(positive, negatives), ofNegatives: countsIf(negative, positives) }
}

/**
 * How often each negative is drawn when each positive pair of its anchor draws one: ∝ 1 / q(d), where
 * q(d) = d^(dim − 2) (1 − d²/4)^((dim − 3)/2) is how often distances occur on the sphere. Evenly if all of
 * them are too far.
 *
 * @param positives of the anchor where the pair is a negative, else 0, `[rows, columns]`
 */
function drawnNegatives(distances: Tensor2D, positives: Tensor2D, dim: number): Tensor2D {
  return withoutGradient(distances, (x) => {
    const d = tf.maximum(x, nearest)
    const remainder = tf.maximum(tf.sub(1, tf.div(tf.square(d), 4)), 1e-6)
    const logits = tf.sub(tf.mul(tf.log(d), 2 - dim), tf.mul(tf.log(remainder), (dim - 3) / 2))
    const near = tf.where(tf.less(x, farthest), logits, tf.fill(x.shape, logZero / 1e3))
    const drawn = tf.where(tf.greater(positives, 0), near, tf.fill(x.shape, logZero))
    return tf.mul<Tensor2D>(tf.softmax(drawn as Tensor2D), positives)
  })
}
