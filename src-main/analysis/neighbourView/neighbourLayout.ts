import { random } from '../../numeric/random.ts'
import { project } from '../linearView.ts'
import type { NearestNeighbours } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import { principalAxes } from '../principalAxes.ts'
import { affinitiesOf } from './affinities.ts'
import type { Affinities } from './affinities.ts'
import { affinitiesInOrder, inOrder, outOfOrder, spatialOrder } from './spatialOrder.ts'
import { spreadOut } from './spread.ts'
import { warmLayout } from './warmStart.ts'

/** Points that start at the same place could never part, rad. */
const jitter = 1e-4

export interface NeighbourLayoutOptions {
  /** A layout of the same rows at another epoch, which the new one then departs from. */
  readonly earlier?: PlacedNeighbours | undefined
  readonly signal?: AbortSignal | undefined
  /** Told the share that is done, in [0, 1]. */
  readonly onProgress?: ((share: number) => void) | undefined
}

export interface PlacedNeighbours {
  /** Unit vectors, `[n, 3]`. */
  readonly positions: Float32Array
  readonly nearest: NearestNeighbours
}

/**
 * The neighbours view: unit rows laid out on the sphere so that those are near each other that are
 * nearest in all dimensions; distances between groups, and angles, mean little. From the same rows
 * and lists it gives the same picture to the bit.
 *
 * Without an earlier layout it starts from the three principal axes, which put the groups in order,
 * and takes some 2.5 s for 10,000 rows, and 40 s of processor time for 100,000, of which a second core
 * takes two fifths; from an earlier one a quarter of that, and what did not change stays where it
 * was.
 *
 * @param nearest the rows' {@link neighboursAsked} nearest neighbours
 * @returns unit vectors, `[n, 3]`; an excluded row stands at the first axis
 * @throws the signal's reason when it is aborted
 */
export async function neighbourLayout(
  rows: Rows,
  nearest: NearestNeighbours,
  { earlier, ...options }: NeighbourLayoutOptions = {},
): Promise<Float32Array> {
  const whole = without(nearest)
  const affinities = affinitiesOf(whole.nearest)
  const isSameRows = earlier && isEqual(earlier.nearest.excluded, nearest.excluded)
  if (isSameRows) {
    const before = without(earlier.nearest)
    const points = await warmLayout(
      {
        // As they were stored, so that a point at rest keeps its bits.
        points: chosenPoints(earlier.positions, before.rows),
        affinities: affinitiesOf(before.nearest),
      },
      affinities,
      options,
    )
    return placed(points, whole.rows, nearest)
  }
  const start = project(rows, principalAxes(rows))
  const stream = random(0, 'neighbour layout')
  const points = unitPoints(
    chosenPoints(start, whole.rows).map((value) => value + jitter * stream.normal()),
  )
  return placed(await settle(points, affinities, options), whole.rows, nearest)
}

/**
 * What a layout from scratch goes through. Strong attraction first lets neighbours find each other all
 * over the sphere; the step between the two leaves fewer of them torn apart.
 */
const stages = [
  { iterations: 60, exaggeration: 12, heating: 50, cooling: 0 },
  { iterations: 60, exaggeration: 3, heating: 0, cooling: 0 },
  { iterations: 120, exaggeration: 1, heating: 0, cooling: 40 },
]

async function settle(
  start: Float64Array,
  affinities: Affinities,
  { signal, onProgress }: Pick<NeighbourLayoutOptions, 'signal' | 'onProgress'>,
): Promise<Float64Array> {
  const all = stages.reduce((sum, { iterations }) => sum + iterations, 0)
  let points = start
  let done = 0
  for (const stage of stages) {
    const before = done
    const order = spatialOrder(points)
    const sorted = inOrder(points, order)
    await spreadOut(sorted, affinitiesInOrder(affinities, order), {
      ...stage,
      signal,
      onProgress: (share) => onProgress?.((before + share * stage.iterations) / all),
    })
    points = outOfOrder(sorted, order)
    done += stage.iterations
  }
  return points
}

/**
 * How far the optimiser moves points by itself, in degrees: the largest motion between two epochs whose
 * rows are the same. What a person sees move less than that means nothing; 0 is what it should be.
 */
export async function ownMotionOf(rows: Rows, layout: PlacedNeighbours): Promise<number> {
  const again = await neighbourLayout(rows, layout.nearest, { earlier: layout })
  return largestMotion(layout.positions, again)
}

/** Largest angle between unit vectors of the same index, `[n, 3]`, in degrees. */
export function largestMotion(before: Float32Array, after: Float32Array): number {
  let most = 0
  for (let at = 0; at < before.length; at += 3) {
    let square = 0
    for (let d = at; d < at + 3; d++) square += ((before[d] as number) - (after[d] as number)) ** 2
    most = Math.max(most, square)
  }
  return (2 * Math.asin(Math.min(1, Math.sqrt(most) / 2)) * 180) / Math.PI
}

/** The lists of the rows that are not excluded, among themselves. */
function without(nearest: NearestNeighbours): {
  readonly rows: Int32Array
  readonly nearest: NearestNeighbours
} {
  const { ids, cosines, k, excluded } = nearest
  const n = k > 0 ? ids.length / k : 0
  const isExcluded = new Uint8Array(n)
  for (const row of excluded) isExcluded[row] = 1
  const rows = Int32Array.from(isExcluded.keys()).filter((row) => isExcluded[row] === 0)
  if (excluded.length === 0) return { rows, nearest }
  const place = new Int32Array(n)
  rows.forEach((row, i) => (place[row] = i))
  const kept = { ids: new Int32Array(rows.length * k), cosines: new Float32Array(rows.length * k) }
  rows.forEach((row, i) => {
    kept.cosines.set(cosines.subarray(row * k, (row + 1) * k), i * k)
    for (let j = 0; j < k; j++) {
      const id = ids[row * k + j] as number
      kept.ids[i * k + j] = id < 0 ? -1 : (place[id] as number)
    }
  })
  return { rows, nearest: { ...kept, k, excluded: new Int32Array(0) } }
}

function chosenPoints(positions: Float32Array, rows: Int32Array): Float64Array {
  const points = new Float64Array(3 * rows.length)
  rows.forEach((row, i) => points.set(positions.subarray(3 * row, 3 * row + 3), 3 * i))
  return points
}

function unitPoints(points: Float64Array): Float64Array {
  for (let at = 0; at < points.length; at += 3) {
    const point = points.subarray(at, at + 3)
    const norm = Math.hypot(...point)
    for (let d = 0; d < 3; d++) point[d] = (point[d] as number) / norm
  }
  return points
}

function placed(points: Float64Array, rows: Int32Array, { excluded }: NearestNeighbours) {
  const positions = new Float32Array(3 * (rows.length + excluded.length))
  for (const row of excluded) positions[3 * row] = 1
  rows.forEach((row, i) => {
    for (let d = 0; d < 3; d++) positions[3 * row + d] = points[3 * i + d] as number
  })
  return positions
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
