import type { RandomStream } from '../../numeric/random.ts'
import { countPairs, negative, positive } from '../relation.ts'
import type { Geometry } from './geometry.ts'
import { othersOf, TripletCollector } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'

export interface AngularMinerParams {
  /** Degrees, in (0, 90): triplets with a larger angle at the negative are kept. */
  readonly angle: number
}

/** With a memory there are more triplets than can be looked at: each pair then meets a draw of negatives. */
const mostLooked = 1 << 20

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
  const triplets = new TripletCollector()
  const middle = new Float64Array(geometry.dim)
  const { positives: counts, allPositives } = countPairs(relation)
  for (let i = 0; i < relation.rows; i++) {
    if (counts[i] === 0) continue
    const negatives = othersOf(relation, i, negative)
    const most = Math.ceil(mostLooked / allPositives)
    for (const p of othersOf(relation, i, positive)) {
      const base = middleOf(geometry, [i, p], middle)
      const looked = negatives.length <= most ? negatives : drawn(negatives, most, stream)
      for (const n of looked)
        if (base > limit * 2 * lengthTo(geometry, n, middle)) triplets.add(i, p, n)
    }
  }
  return triplets.mined(relation)
}

/** Some of the others, in their order. @param count less than there are */
function drawn(others: readonly number[], count: number, stream: RandomStream): readonly number[] {
  const places = new Set<number>()
  while (places.size < count) places.add(stream.integer(others.length))
  return [...places].sort((a, b) => a - b).map((place) => others[place] ?? 0)
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
