import { easyHardMiner } from './easyHard.ts'
import { TripletCollector, othersOf } from './miner.ts'
import { negative, positive } from '../relation.ts'
import type { Mined, MinerView } from './miner.ts'

/**
 * An anchor's farthest positive with its nearest negative; anchors that lack either are left out.
 *
 * Hermans, Beyer, Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017,
 * arXiv:1703.07737.
 */
export function batchHardMiner(view: MinerView): Mined {
  const everywhere = [-Infinity, Infinity] as const
  const { relation } = easyHardMiner(view, {
    positives: 'hard',
    negatives: 'hard',
    measure: 'distance',
    positiveRange: everywhere,
    negativeRange: everywhere,
  })
  const triplets = new TripletCollector()
  for (let i = 0; i < relation.rows; i++) {
    const [p] = othersOf(relation, i, positive)
    const [n] = othersOf(relation, i, negative)
    if (p !== undefined && n !== undefined) triplets.add(i, p, n)
  }
  return triplets.mined(relation)
}
