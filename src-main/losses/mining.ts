import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '../numeric/tf.ts'
import { countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { maskOf, withoutGradient } from './numerics.ts'

/**
 * - `all`: every triplet
 * - `semi-hard`: the negative is farther than the positive, but by no more than the margin
 *   (Schroff et al., "FaceNet", CVPR 2015, arXiv:1503.03832)
 * - `batch-hard`: an anchor's farthest positive and nearest negative
 *   (Hermans et al., "In Defense of the Triplet Loss", 2017, arXiv:1703.07737)
 */
export const minings = ['semi-hard', 'batch-hard', 'all'] as const
export type Mining = (typeof minings)[number]

/** Triplets of an anchor (first axis), one of its slots for a positive, and a negative (last axis). */
export interface Triplets {
  /** 1 at the slot's positive, else 0, `[rows, slots, columns]`; of no meaning where no negative is. */
  readonly positives: Tensor3D
  /** bool: which negatives meet the slot's positive, `[rows, slots, columns]`. */
  readonly mask: Tensor3D
}

/**
 * Chooses triplets by distance; no gradient flows through the choice. Among equals the first column
 * wins. An anchor without a positive or without a negative has none. Call inside `tf.tidy`.
 *
 * @param distances `[rows, columns]`
 * @param margin of semi-hard mining; the others do not look at it
 */
export function mineTriplets(
  distances: Tensor2D,
  relation: Relation,
  { mining, margin }: { readonly mining: Mining; readonly margin: number },
): Triplets {
  if (mining === 'batch-hard')
    return {
      positives: withoutGradient(distances, (d) => farthestPositives(d as Tensor2D, relation)),
      mask: withoutGradient(distances, (d) => nearestNegatives(d as Tensor2D, relation)),
    }
  const { positives, mask } = allTriplets(relation)
  if (mining === 'all') return { positives, mask }
  const isSemiHard = (d: Tensor) => {
    const gap = tf.sub(tf.expandDims(d, 1), positiveDistances(d as Tensor2D, positives))
    const isClose = tf.logicalAnd(tf.greater(gap, 0), tf.lessEqual(gap, margin))
    return tf.logicalAnd<Tensor3D>(mask, isClose)
  }
  return { positives, mask: withoutGradient(distances, isSemiHard) }
}

/** Distance of each slot's positive, `[rows, slots, 1]`. */
export function positiveDistances(distances: Tensor2D, positives: Tensor3D): Tensor3D {
  return tf.sum<Tensor3D>(tf.mul(tf.expandDims(distances, 1), positives), 2, true)
}

function farthestPositives(distances: Tensor2D, { rows, columns, cells }: Relation): Tensor3D {
  const isPositive = maskOf(cells, positive, [rows, columns])
  const reach = tf.where<Tensor2D>(isPositive, distances, tf.fill([rows, columns], -1))
  const farthest = tf.oneHot(tf.argMax<Tensor1D>(reach, 1), columns)
  return tf.cast(tf.expandDims(farthest, 1), 'float32')
}

function nearestNegatives(distances: Tensor2D, { rows, columns, cells }: Relation): Tensor3D {
  const isPositive = maskOf(cells, positive, [rows, columns])
  const isNegative = maskOf(cells, negative, [rows, columns])
  const reach = tf.where<Tensor2D>(isNegative, distances, tf.fill([rows, columns], 1e9))
  const nearest = tf.cast(tf.oneHot(tf.argMin<Tensor1D>(reach, 1), columns), 'bool')
  const isAsked = tf.logicalAnd(isNegative, tf.any(isPositive, 1, true))
  return tf.expandDims(tf.logicalAnd(nearest, isAsked), 1)
}

function allTriplets(relation: Relation): Triplets {
  const { rows, columns, cells } = relation
  const slots = Math.max(1, ...countPairs(relation).positives)
  const positives = new Float32Array(rows * slots * columns)
  const mask = new Uint8Array(rows * slots * columns)
  for (let i = 0; i < rows; i++) {
    let slot = 0
    for (let p = 0; p < columns; p++) {
      if (cells[i * columns + p] !== positive) continue
      const start = (i * slots + slot++) * columns
      positives[start + p] = 1
      for (let n = 0; n < columns; n++) if (cells[i * columns + n] === negative) mask[start + n] = 1
    }
  }
  const shape: [number, number, number] = [rows, slots, columns]
  return { positives: tf.tensor3d(positives, shape), mask: tf.tensor3d(mask, shape, 'bool') }
}
