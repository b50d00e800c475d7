import { negative, positive } from '../relation.ts'
import { keptPairs } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'

export interface MultiSimilarityMinerParams {
  /** ε, in cosine, ≥ 0: how much easier than the hardest of the other kind a pair may be. */
  readonly epsilon: number
}

/**
 * Negatives nearer than an anchor's farthest positive, positives farther than its nearest negative, each
 * to within ε. An anchor without the one keeps none of the other.
 *
 * Wang, Han, Huang, Dong, Scott, "Multi-Similarity Loss with General Pair Weighting for Deep Metric
 * Learning", CVPR 2019, arXiv:1904.06627.
 */
export function multiSimilarityMiner(
  { relation, geometry }: MinerView,
  { epsilon }: MultiSimilarityMinerParams,
): Mined {
  const { rows, columns, cells } = relation
  const cosines = geometry.cosines()
  const nearestNegative = new Float64Array(rows).fill(-Infinity)
  const farthestPositive = new Float64Array(rows).fill(Infinity)
  for (let at = 0; at < cells.length; at++) {
    const i = Math.floor(at / columns)
    const s = cosines[at] ?? 0
    if (cells[at] === positive) farthestPositive[i] = Math.min(farthestPositive[i] ?? 0, s)
    if (cells[at] === negative) nearestNegative[i] = Math.max(nearestNegative[i] ?? 0, s)
  }
  return {
    relation: keptPairs(relation, (at, isPositive) => {
      const i = Math.floor(at / columns)
      const s = cosines[at] ?? 0
      return isPositive
        ? s - epsilon < (nearestNegative[i] ?? 0)
        : s + epsilon > (farthestPositive[i] ?? 0)
    }),
  }
}
