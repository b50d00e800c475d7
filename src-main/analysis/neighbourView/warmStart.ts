import { rotationOf } from '../rotation.ts'
import type { Affinities } from './affinities.ts'
import { affinitiesInOrder, inOrder, outOfOrder, spatialOrder } from './spatialOrder.ts'
import { forcesOf, sharpnessOf, spreadOut } from './spread.ts'
import type { SpreadOptions } from './spread.ts'

/** A mean squared edge, over that at the kernel's half, above which a point counts as torn: 13° at .03 rad. */
const tornAbove = 50

/** Steps of a torn point, each half of the way to its neighbours' mean. */
const reseatSteps = 40

export interface EarlierLayout {
  /** Unit vectors, `[count, 3]`. */
  readonly points: Float64Array
  readonly affinities: Affinities
}

/**
 * Lays points out anew from an earlier layout, so that what moves has a reason:
 *
 * 1. The forces that the earlier layout still felt under its own affinities are not obeyed, for each
 *    point by the share of its affinities that is still there. With unchanged affinities no force is
 *    left and no point moves at all; without this bias the optimiser would go on where it had stopped.
 * 2. Points that their new neighbours have left far behind are seated among them first; a repulsion
 *    that reaches to its next neighbours would never let them through.
 * 3. Fifty iterations, then one proper rotation back to the earlier layout.
 *
 * A group that moves in all dimensions without changing its neighbours stays put here.
 *
 * @returns unit vectors, `[count, 3]`
 */
export async function warmLayout(
  earlier: EarlierLayout,
  affinities: Affinities,
  options: Pick<SpreadOptions, 'signal' | 'onProgress'>,
): Promise<Float64Array> {
  const order = spatialOrder(earlier.points)
  const sorted = {
    points: inOrder(earlier.points, order),
    affinities: affinitiesInOrder(earlier.affinities, order),
  }
  return outOfOrder(await depart(sorted, affinitiesInOrder(affinities, order), options), order)
}

async function depart(
  earlier: EarlierLayout,
  affinities: Affinities,
  options: Pick<SpreadOptions, 'signal' | 'onProgress'>,
): Promise<Float64Array> {
  const kept = keptShares(earlier.affinities, affinities)
  const bias = forcesOf(earlier.points, earlier.affinities).map(
    (force, d) => force * (kept[Math.floor(d / 3)] as number),
  )
  const torn = tornPoints(earlier, affinities)
  const points = reseated(earlier.points, affinities, torn)
  for (const i of torn) bias.fill(0, 3 * i, 3 * i + 3)
  await spreadOut(points, affinities, {
    ...options,
    iterations: 50,
    exaggeration: 1,
    cooling: 20,
    heating: 0,
    bias,
  })
  return turnedBack(points, earlier.points, kept)
}

/** Share of each point's affinities that two graphs have in common, in [0, 1]; 1 for none at all. */
function keptShares(before: Affinities, now: Affinities): Float64Array {
  const kept = new Float64Array(now.count)
  for (let i = 0; i < now.count; i++) {
    let e = before.offsets[i] as number
    const end = before.offsets[i + 1] as number
    let common = 0
    let all = 0
    for (let f = now.offsets[i] as number; f < (now.offsets[i + 1] as number); f++) {
      for (; e < end && (before.ids[e] as number) < (now.ids[f] as number); e++)
        all += before.weights[e] as number
      const weight = now.weights[f] as number
      const isCommon = e < end && before.ids[e] === now.ids[f]
      const other = isCommon ? (before.weights[e++] as number) : 0
      common += Math.min(weight, other)
      all += Math.max(weight, other)
    }
    for (; e < end; e++) all += before.weights[e] as number
    kept[i] = all > 0 ? common / all : 1
  }
  return kept
}

/** Points whose mean squared edge is long, and more than twice as long as it was. */
function tornPoints({ points, affinities }: EarlierLayout, now: Affinities): readonly number[] {
  const least = tornAbove / sharpnessOf(affinities.count)
  const before = meanSquaredEdges(points, affinities)
  const after = meanSquaredEdges(points, now)
  return Array.from(after.keys()).filter(
    (i) => (after[i] as number) > Math.max(least, 2 * (before[i] as number)),
  )
}

function meanSquaredEdges(points: Float64Array, graph: Affinities): Float64Array {
  const { count, offsets, ids, weights } = graph
  const means = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let sum = 0
    let total = 0
    for (let e = offsets[i] as number; e < (offsets[i + 1] as number); e++) {
      const j = ids[e] as number
      let square = 0
      for (let d = 0; d < 3; d++)
        square += ((points[3 * i + d] as number) - (points[3 * j + d] as number)) ** 2
      sum += (weights[e] as number) * square
      total += weights[e] as number
    }
    means[i] = total > 0 ? sum / total : 0
  }
  return means
}

/** Moves some points, all at the same time, among their neighbours. */
function reseated(
  points: Float64Array,
  { offsets, ids, weights }: Affinities,
  chosen: readonly number[],
): Float64Array {
  const seated = Float64Array.from(points)
  const next = new Float64Array(3 * chosen.length)
  const mean = new Float64Array(3)
  for (let step = 0; step < reseatSteps; step++) {
    for (const [n, i] of chosen.entries()) {
      mean.fill(0)
      for (let e = offsets[i] as number; e < (offsets[i + 1] as number); e++)
        for (let d = 0; d < 3; d++)
          mean[d] =
            (mean[d] as number) +
            (weights[e] as number) * (seated[3 * (ids[e] as number) + d] as number)
      const [x = 0, y = 0, z = 0] = mean
      const norm = Math.hypot(x, y, z) || 1
      const half = [0, 1, 2].map((d) => (seated[3 * i + d] as number) + (mean[d] as number) / norm)
      const length = Math.hypot(...half)
      // Halfway to the other side of the sphere is nowhere: such a point waits for the next step.
      for (let d = 0; d < 3; d++)
        next[3 * n + d] =
          length > 1e-9 ? (half[d] as number) / length : (seated[3 * i + d] as number)
    }
    for (const [n, i] of chosen.entries()) seated.set(next.subarray(3 * n, 3 * n + 3), 3 * i)
  }
  return seated
}

/** Points turned as near as possible to where they were; those that kept their neighbours count most. */
function turnedBack(
  points: Float64Array,
  earlier: Float64Array,
  weights: Float64Array,
): Float64Array {
  // What nothing moved keeps its bits.
  if (points.every((value, d) => value === earlier[d])) return points
  const h = new Float64Array(9)
  for (let i = 0; i < weights.length; i++)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        h[3 * a + b] =
          (h[3 * a + b] as number) +
          (weights[i] as number) * (points[3 * i + a] as number) * (earlier[3 * i + b] as number)
  const { matrix } = rotationOf(h)
  const turned = new Float64Array(points.length)
  for (let at = 0; at < points.length; at += 3)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        turned[at + a] =
          (turned[at + a] as number) + (matrix[3 * a + b] as number) * (points[at + b] as number)
  return turned
}
