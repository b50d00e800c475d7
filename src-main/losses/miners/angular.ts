import { negative, positive } from '../relation.ts'
import type { Geometry } from './geometry.ts'
import { othersOf, TripletCollector } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'

export interface AngularMinerParams {
  /** Degrees, in (0, 90): triplets with a larger angle at the negative are kept. */
  readonly angle: number
}

/** The reference adds this to every difference before it takes a length. */
const nudge = 1e-6

/**
 * Triplets whose angle at the negative, seen from the middle of anchor and positive, is too large:
 * arctan(‖a − p‖ / 2‖n − (a + p)/2‖) > α. Of rows that are not normalised, as the reference has it.
 *
 * After Wang, Zhou, Wen, Liu, Lin, "Deep Metric Learning with Angular Loss", ICCV 2017,
 * arXiv:1708.01682.
 */
export function angularMiner(
  { relation, geometry, stream }: MinerView,
  { angle }: AngularMinerParams,
): Mined {
  const limit = Math.tan((angle * Math.PI) / 180)
  const triplets = new TripletCollector(stream)
  const middle = new Float64Array(geometry.dim)
  for (let i = 0; i < relation.rows; i++) {
    const negatives = othersOf(relation, i, negative)
    for (const p of othersOf(relation, i, positive)) {
      const base = middleOf(geometry, [i, p], middle)
      for (const n of negatives)
        if (base > limit * 2 * lengthTo(geometry, n, middle)) triplets.add(i, p, n)
    }
  }
  return triplets.mined(relation)
}

/** Writes the middle of an anchor and a column; returns their distance. */
function middleOf(
  { raw, rawColumns, dim }: Geometry,
  [anchor, column]: readonly [number, number],
  middle: Float64Array,
): number {
  let square = 0
  for (let k = 0; k < dim; k++) {
    const a = raw[anchor * dim + k] ?? 0
    const p = rawColumns[column * dim + k] ?? 0
    middle[k] = (a + p) / 2
    square += (a - p + nudge) ** 2
  }
  return Math.sqrt(square)
}

function lengthTo({ rawColumns, dim }: Geometry, column: number, middle: Float64Array): number {
  let square = 0
  for (let k = 0; k < dim; k++)
    square += ((rawColumns[column * dim + k] ?? 0) - (middle[k] ?? 0) + nudge) ** 2
  return Math.sqrt(square)
}
