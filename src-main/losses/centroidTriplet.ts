import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { lengths, withoutGradient } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

export interface CentroidTripletParams {
  /** How much nearer its own centroid shall be, in distances in [0, 2]; the paper takes .3. */
  readonly margin: number
  readonly reducer: Reducer
}

/**
 * Centroid triplet: max(0, ‖z_i − c⁺_i‖ − ‖z_i − c_k‖ + margin), where c⁺_i is the mean of the anchor's
 * positives (without itself), rows as they were before normalisation, made a unit row, and c_k that of each group of its negatives.
 * Negatives of an anchor are one group if they are positives of the first of them.
 *
 * Wieczorek, Rychalska, Dąbrowski, "On the Unreasonable Effectiveness of Centroids in Image Retrieval",
 * ICONIP 2021, arXiv:2104.13643, which samples the centroids' members.
 *
 * @returns scalar ≥ 0; 0 when no anchor has both a positive and a negative
 */
export function centroidTripletLoss(
  { rows, rawColumns, relation }: Batch,
  { margin, reducer }: CentroidTripletParams,
): Scalar {
  const { own, groups, isMet, count } = centroidsOf(relation)
  return tf.tidy(() => {
    if (count === 0) return tf.sum<Scalar>(tf.zerosLike(rows))
    const centroids = (weights: Float32Array, size: number) =>
      unit(tf.matMul(tf.tensor2d(weights, [size, relation.columns]), rawColumns))
    const near = lengths(tf.sub(rows, centroids(own, relation.rows)))
    const far = euclideanDistances(rows, centroids(groups, count))
    const met = tf.tensor2d(isMet, [relation.rows, count], 'bool')
    const values = tf.relu(tf.add<Tensor2D>(tf.sub(near, far), margin))
    return reduce({ values, isCounted: met }, reducer)
  })
}

interface Centroids {
  /** Weights of an anchor's positives, `[rows, columns]`. */
  readonly own: Float32Array
  /** Weights of the groups' members, `[count, columns]`. */
  readonly groups: Float32Array
  /** Which groups are negatives of which anchor, `[rows, count]`; none of an anchor without a positive. */
  readonly isMet: Uint8Array
  readonly count: number
}

function centroidsOf(relation: Relation): Centroids {
  const { rows, columns } = relation
  const own = new Float32Array(rows * columns)
  const known = new Map<string, { readonly index: number; readonly members: readonly number[] }>()
  const met: [number, number][] = []
  const positivesOf = Array.from({ length: rows }, (_, i) => othersOf(relation, i, positive))
  for (const [i, positives] of positivesOf.entries()) {
    if (positives.length === 0) continue
    for (const j of positives) own[i * columns + j] = 1 / positives.length
    for (const members of groupsOf(columns, othersOf(relation, i, negative), positivesOf)) {
      const key = members.join(' ')
      const group = known.get(key) ?? { index: known.size, members }
      known.set(key, group)
      met.push([i, group.index])
    }
  }
  const count = known.size
  const groups = new Float32Array(count * columns)
  for (const { index, members } of known.values())
    for (const j of members) groups[index * columns + j] = 1 / members.length
  const isMet = new Uint8Array(rows * count)
  for (const [i, index] of met) isMet[i * count + index] = 1
  return { own, groups, isMet, count }
}

function othersOf({ columns, cells }: Relation, anchor: number, kind: number): number[] {
  const others: number[] = []
  for (let j = 0; j < columns; j++) if (cells[anchor * columns + j] === kind) others.push(j)
  return others
}

/** @param positivesOf of each anchor, ascending */
function groupsOf(
  columns: number,
  others: readonly number[],
  positivesOf: readonly (readonly number[])[],
): number[][] {
  const groups: number[][] = []
  const isLeft = new Uint8Array(columns)
  for (const j of others) isLeft[j] = 1
  for (const start of others) {
    if (isLeft[start] === 0) continue
    isLeft[start] = 0
    const further = (positivesOf[start] ?? []).filter((j) => isLeft[j] === 1)
    for (const j of further) isLeft[j] = 0
    groups.push([start, ...further])
  }
  return groups
}

/** Rows of length 1; a mean of rows that cancel each other stays as it is, without gradient. */
function unit(x: Tensor2D): Tensor2D {
  const squares = tf.sum(tf.square(x), 1, true)
  const isLong = withoutGradient(squares, (s) => tf.greater(s, 1e-12))
  const unitRows = tf.div<Tensor2D>(x, tf.sqrt(tf.where(isLong, squares, tf.onesLike(squares))))
  return tf.where(isLong, unitRows, tf.zerosLike(x))
}
