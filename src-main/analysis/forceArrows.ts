import type { Arrow, Motion } from '../contract/forces.ts'
import type { Axes } from './principalAxes.ts'

/**
 * What the linear view shows of vectors that are attached to a row and lie along the sphere in all
 * dimensions: the picture of the row is A x / ‖A x‖, so that of a small step is (I − p pᵀ) A v / ‖A x‖.
 * Arrows leave out the last division, which is the same for all.
 *
 * @param axes `[3, dim]`
 * @param row `[dim]`
 */
export function arrowOf(axes: Axes, row: ArrayLike<number>, vector: ArrayLike<number>): Arrow {
  const place = unit(along(axes, row))
  const shown = along(axes, vector)
  const outwards = dot(shown, place)
  const [x, y, z] = shown.map((part, a) => part - outwards * (place[a] ?? 0))
  return [x ?? 0, y ?? 0, z ?? 0]
}

/** Share of a vector's squared length that its arrow lacks, in [0, 1]; 0 for no vector. */
export function outsideShareOf(arrow: Arrow, vector: ArrayLike<number>): number {
  const all = dot(vector, vector)
  return all > 0 ? Math.min(1, Math.max(0, 1 - dot(arrow, arrow) / all)) : 0
}

/**
 * From one unit row to another along the sphere.
 *
 * @param force where the gradient pointed from `before`
 */
export function motionOf(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  force: ArrayLike<number>,
): Omit<Motion, 'epoch'> {
  const cosine = Math.min(1, Math.max(-1, dot(before, after)))
  const towards = Array.from(after, (x, d) => x - cosine * (before[d] ?? 0))
  const lengths = Math.sqrt(dot(towards, towards) * dot(force, force))
  return {
    degrees: (Math.acos(cosine) * 180) / Math.PI,
    agreement: lengths > 1e-12 ? dot(towards, force) / lengths : 0,
  }
}

function along(axes: Axes, vector: ArrayLike<number>): number[] {
  const dim = axes.length / 3
  return [0, 1, 2].map((a) => dot(axes.subarray(a * dim, (a + 1) * dim), vector))
}

function unit(place: readonly number[]): number[] {
  const length = Math.hypot(...place)
  // As the picture has it: without a direction there, at the first axis.
  return length > 1e-12 ? place.map((x) => x / length) : [1, 0, 0]
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += (a[d] ?? 0) * (b[d] ?? 0)
  return sum
}
