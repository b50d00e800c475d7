import { negative, positive } from '../relation.ts'
import { farnessOf, othersOf, TripletCollector } from './miner.ts'
import type { Measure, Mined, MinerView } from './miner.ts'

export const tripletKinds = ['all', 'hard', 'semihard', 'easy'] as const

export interface TripletMarginParams {
  /** How much farther than its positive a negative should be, in the measure. */
  readonly margin: number
  /**
   * By the gap, how much farther the negative is: `all` at most the margin, `hard` at most 0, `semihard`
   * between the two, `easy` more than the margin.
   */
  readonly kind: (typeof tripletKinds)[number]
  readonly measure: Measure
}

/**
 * Triplets by whether and how far they violate a margin.
 *
 * Schroff, Kalenichenko, Philbin, "FaceNet", CVPR 2015, arXiv:1503.03832.
 */
export function tripletMarginMiner(
  { relation, geometry, stream }: MinerView,
  { margin, kind, measure }: TripletMarginParams,
): Mined {
  const { rows, columns } = relation
  const farness = farnessOf(geometry, measure)
  const isKept = keeps(kind, margin)
  const triplets = new TripletCollector(stream)
  for (let i = 0; i < rows; i++) {
    const positives = othersOf(relation, i, positive)
    if (positives.length === 0) continue
    const negatives = othersOf(relation, i, negative)
    for (const p of positives) {
      const reach = farness[i * columns + p] ?? 0
      for (const n of negatives)
        if (isKept((farness[i * columns + n] ?? 0) - reach)) triplets.add(i, p, n)
    }
  }
  return triplets.mined(relation)
}

function keeps(kind: TripletMarginParams['kind'], margin: number): (gap: number) => boolean {
  switch (kind) {
    case 'all':
      return (gap) => gap <= margin
    case 'hard':
      return (gap) => gap <= 0 && gap <= margin
    case 'semihard':
      return (gap) => gap > 0 && gap <= margin
    case 'easy':
      return (gap) => gap > margin
  }
}
