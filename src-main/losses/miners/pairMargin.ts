import { farnessOf, keptPairs } from './miner.ts'
import type { Measure, Mined, MinerView } from './miner.ts'

export interface PairMarginParams {
  /** Positives must be farther than this (of a smaller cosine) to be kept, in the measure. */
  readonly positiveMargin: number
  /** Negatives must be nearer than this (of a larger cosine) to be kept, in the measure. */
  readonly negativeMargin: number
  readonly measure: Measure
}

/** Pairs that violate a margin of their own; the pairs for which a contrastive loss has a gradient. */
export function pairMarginMiner(
  { relation, geometry }: MinerView,
  { positiveMargin, negativeMargin, measure }: PairMarginParams,
): Mined {
  const farness = farnessOf(geometry, measure)
  const sign = measure === 'cosine' ? -1 : 1
  const isKept = (at: number, isPositive: boolean) => {
    const far = farness[at] ?? 0
    return isPositive ? far > sign * positiveMargin : far < sign * negativeMargin
  }
  return { relation: keptPairs(relation, isKept) }
}
