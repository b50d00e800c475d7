import { negative, positive } from '../relation.ts'
import type { Table } from './geometry.ts'
import { farnessOf, keptPairs } from './miner.ts'
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
export function easyHardMiner({ relation, geometry }: MinerView, params: EasyHardParams): Mined {
  const { rows, columns, cells } = relation
  const farness = farnessOf(geometry, params.measure)
  const sign = params.measure === 'cosine' ? -1 : 1
  const kept = new Uint8Array(cells.length)
  const takesAll = params.positives === 'all' || params.negatives === 'all'
  for (let i = 0; i < rows; i++) {
    const start = i * columns
    const others: Others = {
      cells: cells.subarray(start, start + columns),
      farness: farness.subarray(start, start + columns),
      isAllowed: (far, [low, high]) => sign * far >= low && sign * far <= high,
    }
    const [p, n] = chosenOf(others, params)
    if (!takesAll && (p < 0 || n < 0)) continue
    if (params.positives === 'all')
      keepAll(others, positive, params.positiveRange, kept.subarray(start))
    else if (p >= 0) kept[start + p] = 1
    if (params.negatives === 'all')
      keepAll(others, negative, params.negativeRange, kept.subarray(start))
    else if (n >= 0) kept[start + n] = 1
  }
  return { relation: keptPairs(relation, (at) => kept[at] === 1) }
}

/** What an anchor has to choose from. */
interface Others {
  /** `[columns]` */
  readonly cells: Int8Array
  /** `[columns]` */
  readonly farness: Table
  readonly isAllowed: (far: number, range: readonly [number, number]) => boolean
}

/** The one positive and the one negative of strategies that choose one; −1 for none. */
function chosenOf(others: Others, params: EasyHardParams): readonly [number, number] {
  const { positives, negatives, positiveRange, negativeRange } = params
  const farther = { kind: positive, range: positiveRange, wantsFar: positives !== 'easy' }
  const nearer = { kind: negative, range: negativeRange, wantsFar: negatives === 'easy' }
  if (negatives === 'semihard') {
    const p = extreme(others, farther)
    const reach = others.farness[p] ?? Infinity
    return [p, extreme(others, { ...nearer, isBeyond: (far) => far > reach })]
  }
  const n = extreme(others, nearer)
  if (positives !== 'semihard') return [extreme(others, farther), n]
  const reach = others.farness[n] ?? -Infinity
  return [extreme(others, { ...farther, isBeyond: (far) => far < reach }), n]
}

/** The farthest or nearest other of a kind, the first among equals; −1 if there is none. */
function extreme(
  { cells, farness, isAllowed }: Others,
  wanted: {
    readonly kind: number
    readonly range: readonly [number, number]
    readonly wantsFar: boolean
    readonly isBeyond?: (far: number) => boolean
  },
): number {
  const { kind, range, wantsFar, isBeyond } = wanted
  let best = -1
  let bestFar = 0
  for (let j = 0; j < cells.length; j++) {
    if (cells[j] !== kind) continue
    const far = farness[j] ?? 0
    const isBetter = best < 0 || (wantsFar ? far > bestFar : far < bestFar)
    if (isBetter && isAllowed(far, range) && (!isBeyond || isBeyond(far))) {
      best = j
      bestFar = far
    }
  }
  return best
}

function keepAll(
  { cells, farness, isAllowed }: Others,
  kind: number,
  range: readonly [number, number],
  kept: Uint8Array,
): void {
  for (let j = 0; j < cells.length; j++)
    if (cells[j] === kind && isAllowed(farness[j] ?? 0, range)) kept[j] = 1
}
