import { PointTree } from '../pointTree.ts'
import type { Affinities } from './affinities.ts'

/**
 * Points one after the other so that those that are near come near each other: where many points attract
 * their neighbours, most of the time is spent waiting for memory.
 *
 * @param points `[count, 3]`
 * @returns the point at each place, `[count]`
 */
export function spatialOrder(points: Float64Array): Int32Array {
  if (points.length === 0) return new Int32Array(0)
  const tree = new PointTree(points.length / 3)
  tree.build(points)
  return tree.order
}

/** Points by their place, `[count, 3]`. */
export function inOrder(points: Float64Array, order: Int32Array): Float64Array {
  const sorted = new Float64Array(points.length)
  order.forEach((point, place) => {
    for (let d = 0; d < 3; d++) sorted[3 * place + d] = points[3 * point + d] as number
  })
  return sorted
}

/** Undoes {@link inOrder}. */
export function outOfOrder(sorted: Float64Array, order: Int32Array): Float64Array {
  const points = new Float64Array(sorted.length)
  order.forEach((point, place) => {
    for (let d = 0; d < 3; d++) points[3 * point + d] = sorted[3 * place + d] as number
  })
  return points
}

/** The same affinities between places. */
export function affinitiesInOrder(affinities: Affinities, order: Int32Array): Affinities {
  const { count } = affinities
  const places = new Int32Array(count)
  const offsets = new Int32Array(count + 1)
  order.forEach((point, place) => {
    places[point] = place
    offsets[place + 1] =
      (offsets[place] as number) +
      (affinities.offsets[point + 1] as number) -
      (affinities.offsets[point] as number)
  })
  const ids = new Int32Array(affinities.ids.length)
  const weights = new Float64Array(ids.length)
  const next = offsets.slice(0, count)
  // The matrix is symmetric, so an entry may go to the row of its column: rows then come out sorted.
  order.forEach((point, place) => {
    for (
      let e = affinities.offsets[point] as number;
      e < (affinities.offsets[point + 1] as number);
      e++
    ) {
      const row = places[affinities.ids[e] as number] as number
      const at = next[row] as number
      ids[at] = place
      weights[at] = affinities.weights[e] as number
      next[row] = at + 1
    }
  })
  return { count, offsets, ids, weights }
}
