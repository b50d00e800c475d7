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
    const sign = kind === positive ? -1 : 1
    const ease = Float64Array.from(cells.keys(), (at) =>
      cells[at] === kind ? sign * (distances[at] ?? 0) : Infinity,
    )
    const sorted = ease.slice().sort()
    const count = Math.ceil(share * cells.filter((cell) => cell === kind).length)
    const limit = sorted[count - 1] ?? -Infinity
    // Of equals at the limit the first ones stay, so that every engine keeps the same.
    let atLimit = count - firstAtLeast(sorted, limit)
    for (let at = 0; at < cells.length; at++) {
      const value = ease[at] ?? Infinity
      if (value < limit || (value === limit && atLimit-- > 0)) kept[at] = 1
    }
  }
  return { relation: keptPairs(relation, (at) => kept[at] === 1) }
}

/** How many values of a sorted list are below a limit. */
function firstAtLeast(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) >= limit) high = middle
    else low = middle + 1
  }
  return low
}
