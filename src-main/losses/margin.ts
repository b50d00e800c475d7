import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import { distancesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch, Learnt, LearntContext, LearntSpec, Triplets } from './loss.ts'
import { logZero, rowsAt, withoutGradient } from './numerics.ts'
import { countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

/**
 * - `distance-weighted`: each positive pair meets one negative, drawn evenly over distances
 * - `all`: each positive pair meets every negative of its anchor
 */
export const marginMinings = ['distance-weighted', 'all'] as const

/** `per-label`: each label learns its own. */
export const boundaryRules = ['fixed', 'learnt', 'per-label'] as const

export interface MarginParams {
  /** Half the width of the gap about the boundary, in distances, > 0; the paper takes .2. */
  readonly margin: number
  /** β: distance that separates positives from negatives, in (0, 2); the paper begins at 1.2 and learns it. */
  readonly boundary: number
  readonly mining: (typeof marginMinings)[number]
  readonly distance: Distance
  readonly boundaryRule: (typeof boundaryRules)[number]
  /** ν: how much a boundary that is learnt is kept small, ≥ 0; the paper takes 0. */
  readonly shrinkage: number
}

/** β, `[]` or `[labels]`. */
export function learntOfMargin(
  { boundary, boundaryRule }: MarginParams,
  { labels }: LearntContext,
): readonly LearntSpec[] {
  if (boundaryRule === 'fixed') return []
  const shape = boundaryRule === 'learnt' ? [] : [labels]
  const start = new Float32Array(boundaryRule === 'learnt' ? 1 : labels).fill(boundary)
  return [{ name: 'boundary', shape, start, learningRateFactor: 1 }]
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
 * arXiv:1706.07567. A boundary that is learnt may be kept small by ν β; one of each label by the mean of ν β
 * over triplets. Rows without a label have no boundary of their own and are left out then.
 *
 * @returns scalar ≥ 0; 0 when no anchor has both a positive and a negative
 */
export function marginLoss(batch: Batch, params: MarginParams, learnt: Learnt): Scalar {
  return tf.tidy(() => {
    const { relation, triplets, rows } = batch
    const { margin, mining, distance, shrinkage, boundaryRule } = params
    const distances = distancesOf(batch, distance)
    const { boundaries, isKnown } = boundariesOf(batch, params, learnt)
    const tooFar = tf.relu(tf.add(tf.sub(distances, boundaries), margin))
    const tooNear = tf.relu(tf.add(tf.sub(boundaries, distances), margin))
    const all = triplets ? countsOf(triplets, relation) : tripletCounts(relation)
    const isOne = !triplets && mining === 'distance-weighted'
    const known = (counts: Tensor2D) => (isKnown ? tf.mul<Tensor2D>(counts, isKnown) : counts)
    const ofPositives = known(
      isOne ? tf.cast(tf.greater(all.ofPositives, 0), 'float32') : all.ofPositives,
    )
    const ofNegatives = known(
      isOne ? drawnNegatives(distances, all.ofNegatives, rows.shape[1]) : all.ofNegatives,
    )
    const terms = tf.add(tf.mul(ofPositives, tooFar), tf.mul(ofNegatives, tooNear))
    const count = tf.add(countOf(tooFar, ofPositives), countOf(tooNear, ofNegatives))
    const divisor = tf.maximum(count, 1e-6)
    const value = tf.div<Scalar>(tf.sum(terms), divisor)
    if (boundaryRule === 'fixed' || shrinkage === 0) return value
    const triplesOfAnchors = tf.sum<Tensor2D>(ofPositives, 1, true)
    const size =
      boundaryRule === 'learnt'
        ? tf.mul(boundaries, tf.cast(tf.any(tf.greater(ofPositives, 0)), 'float32'))
        : tf.div(tf.sum(tf.mul(triplesOfAnchors, boundaries)), divisor)
    return tf.add(value, tf.mul(tf.sum(size), shrinkage))
  })
}

interface Boundaries {
  /** `[1, 1]`, or one an anchor, `[rows, 1]`. */
  readonly boundaries: Tensor2D
  /** 1 for anchors that have one, missing if all do, `[rows, 1]`. */
  readonly isKnown?: Tensor2D
}

function boundariesOf(
  { labels }: Batch,
  { boundary, boundaryRule }: MarginParams,
  learnt: Learnt,
): Boundaries {
  if (boundaryRule === 'fixed') return { boundaries: tf.fill([1, 1], boundary) }
  const value = learnt['boundary']
  if (!value) throw new TypeError('the learnt value boundary is missing')
  if (boundaryRule === 'learnt') return { boundaries: tf.reshape(value, [1, 1]) }
  const ofLabels: Tensor2D = tf.reshape(value, [-1, 1])
  const boundaries = rowsAt(
    ofLabels,
    labels.map((label) => Math.max(label, 0)),
  )
  const isKnown = Float32Array.from(labels, (label) => (label < 0 ? 0 : 1))
  return {
    boundaries,
    isKnown: tf.tensor2d(isKnown, [labels.length, 1]),
  }
}

/** In how many of the triplets each pair is, `[rows, columns]`. */
function countsOf(
  { anchors, positives, negatives }: Triplets,
  { rows, columns }: Relation,
): { ofPositives: Tensor2D; ofNegatives: Tensor2D } {
  const counts = (others: Int32Array) => {
    const found = new Float32Array(rows * columns)
    for (const [t, anchor] of anchors.entries()) {
      const at = anchor * columns + (others[t] ?? 0)
      found[at] = (found[at] ?? 0) + 1
    }
    return tf.tensor2d(found, [rows, columns])
  }
  return { ofPositives: counts(positives), ofNegatives: counts(negatives) }
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
