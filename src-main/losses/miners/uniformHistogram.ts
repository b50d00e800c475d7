import type { RandomStream } from '../../numeric/random.ts'
import { negative, positive } from '../relation.ts'
import type { Table } from './geometry.ts'
import { keptPairs } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'

export interface UniformHistogramParams {
  /** Bins between the smallest and the largest distance of each kind, ≥ 1. */
  readonly bins: number
  /** Positive pairs that are kept of each bin at most, ≥ 1. */
  readonly positivesPerBin: number
  /** Negative pairs that are kept of each bin at most, ≥ 1. */
  readonly negativesPerBin: number
}

/**
 * Pairs of every distance alike: of each bin of a histogram as many are drawn, for positives and for
 * negatives. Near negatives, which are few, stay; the many at a right angle are thinned out.
 */
export function uniformHistogramMiner(
  { relation, geometry, stream }: MinerView,
  { bins, positivesPerBin, negativesPerBin }: UniformHistogramParams,
): Mined {
  const distances = geometry.distances()
  const kept = new Uint8Array(relation.cells.length)
  for (const [kind, most] of [
    [positive, positivesPerBin],
    [negative, negativesPerBin],
  ] as const)
    for (const pairs of binned(placesOf(relation.cells, kind), distances, bins))
      for (const at of drawn(pairs, most, stream)) kept[at] = 1
  return { relation: keptPairs(relation, (at) => kept[at] === 1) }
}

function placesOf(cells: Int8Array, kind: number): number[] {
  const places: number[] = []
  for (let at = 0; at < cells.length; at++) if (cells[at] === kind) places.push(at)
  return places
}

function binned(places: readonly number[], distances: Table, bins: number): number[][] {
  let [low, high] = [Infinity, -Infinity]
  for (const at of places) {
    const distance = distances[at] ?? 0
    if (distance < low) low = distance
    if (distance > high) high = distance
  }
  const width = Math.max((high - low) / bins, 1e-12)
  const sorted = Array.from({ length: bins }, (): number[] => [])
  for (const at of places)
    sorted[Math.min(Math.floor(((distances[at] ?? 0) - low) / width), bins - 1)]?.push(at)
  return sorted
}

function drawn(places: number[], most: number, stream: RandomStream): readonly number[] {
  return places.length <= most ? places : stream.shuffle(places).slice(0, most)
}
