import { negative, positive } from '../relation.ts'
import { keptPairs } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'

export interface HardAwareParams {
  /** Share of the pairs of each kind that is kept, the hardest ones, in (0, 1]; the paper cascades 1, .5, .2. */
  readonly share: number
}

/**
 * The hardest share of all positive pairs of the batch (the farthest) and of all negative ones (the
 * nearest). One stage of a hard-aware cascade.
 *
 * Yuan, Yang, Zhang, "Hard-Aware Deeply Cascaded Embedding", ICCV 2017, arXiv:1611.05720.
 */
export function hardAwareMiner(
  { relation, geometry }: MinerView,
  { share }: HardAwareParams,
): Mined {
  const distances = geometry.distances()
  const { cells } = relation
  const kept = new Uint8Array(cells.length)
  for (const kind of [positive, negative]) {
    const places: number[] = []
    for (let at = 0; at < cells.length; at++) if (cells[at] === kind) places.push(at)
    const harder = kind === positive ? -1 : 1
    const far = (at: number) => harder * (distances[at] ?? 0)
    // Equals stay in the order of their places, so that every engine keeps the same ones.
    places.sort((a, b) => far(a) - far(b) || a - b)
    for (const at of places.slice(0, Math.ceil(share * places.length))) kept[at] = 1
  }
  return { relation: keptPairs(relation, (at) => kept[at] === 1) }
}
