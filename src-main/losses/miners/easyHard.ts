import { negative, positive } from '../relation.ts'
import { farnessOf, keptPairs, othersOf } from './miner.ts'
import type { Measure, Mined, MinerView } from './miner.ts'

export const strategies = ['hard', 'semihard', 'easy', 'all'] as const
export type Strategy = (typeof strategies)[number]

export interface EasyHardParams {
  /** `hard`: the farthest; `easy`: the nearest; `semihard`: the farthest that is nearer than the negative. */
  readonly positives: Strategy
  /** `hard`: the nearest; `easy`: the farthest; `semihard`: the nearest that is farther than the positive. */
  readonly negatives: Strategy
  readonly measure: Measure
  /** Only positives within this range of the measure come into question, ends included. */
  readonly positiveRange: readonly [number, number]
  readonly negativeRange: readonly [number, number]
}

/**
 * One positive and one negative for each anchor, or all of one side. An anchor that finds only one of the
 * two is left out, unless the other side takes all.
 *
 * Xuan, Stylianou, Pless, "Improved Embeddings with Easy Positive Triplet Mining", WACV 2020,
 * arXiv:1904.04370; with hard ones on both sides it is Hermans et al., 2017, arXiv:1703.07737.
 */
export function easyHardMiner(view: MinerView, params: EasyHardParams): Mined {
  const { relation, geometry } = view
  const { columns } = relation
  const farness = farnessOf(geometry, params.measure)
  const kept = new Uint8Array(relation.cells.length)
  const takesAll = params.positives === 'all' || params.negatives === 'all'
  for (let i = 0; i < relation.rows; i++) {
    const far = (j: number) => farness[i * columns + j] ?? 0
    const within = ([low, high]: readonly [number, number]) => {
      const sign = params.measure === 'cosine' ? -1 : 1
      return (j: number) => sign * far(j) >= low && sign * far(j) <= high
    }
    const positives = othersOf(relation, i, positive).filter(within(params.positiveRange))
    const negatives = othersOf(relation, i, negative).filter(within(params.negativeRange))
    const [chosenPositives, chosenNegatives] = chosen({ positives, negatives, far }, params)
    if (!takesAll && (chosenPositives.length === 0 || chosenNegatives.length === 0)) continue
    for (const j of [...chosenPositives, ...chosenNegatives]) kept[i * columns + j] = 1
  }
  return { relation: keptPairs(relation, (at) => kept[at] === 1) }
}

interface Candidates {
  readonly positives: readonly number[]
  readonly negatives: readonly number[]
  readonly far: (j: number) => number
}

function chosen(
  { positives, negatives, far }: Candidates,
  params: EasyHardParams,
): readonly [readonly number[], readonly number[]] {
  if (params.negatives === 'semihard') {
    const [partner] = byStrategy(positives, params.positives, far, true)
    const beyond = negatives.filter((j) => partner !== undefined && far(j) > far(partner))
    return [one(partner), one(extreme(beyond, (j) => -far(j)))]
  }
  if (params.positives === 'semihard') {
    const [partner] = byStrategy(negatives, params.negatives, far, false)
    const within = positives.filter((j) => partner !== undefined && far(j) < far(partner))
    return [one(extreme(within, far)), one(partner)]
  }
  return [
    byStrategy(positives, params.positives, far, true),
    byStrategy(negatives, params.negatives, far, false),
  ]
}

function byStrategy(
  others: readonly number[],
  strategy: Strategy,
  far: (j: number) => number,
  arePositives: boolean,
): readonly number[] {
  if (strategy === 'all') return others
  const wantsFar = (strategy === 'hard') === arePositives
  return one(extreme(others, wantsFar ? far : (j) => -far(j)))
}

/** The other with the largest value, the first among equals. */
function extreme(others: readonly number[], valueOf: (j: number) => number): number | undefined {
  let best: number | undefined
  let highest = -Infinity
  for (const j of others) {
    const value = valueOf(j)
    if (value > highest) {
      best = j
      highest = value
    }
  }
  return best
}

function one(j: number | undefined): readonly number[] {
  return j === undefined ? [] : [j]
}
