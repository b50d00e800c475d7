import { negative, positive } from '../relation.ts'
import type { RandomStream } from '../../numeric/random.ts'
import { farnessOf, mostTriplets, othersOf, TripletCollector } from './miner.ts'
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

/** The negatives of one positive pair that are kept: a stretch of its anchor's negatives by distance. */
interface Stretch {
  readonly anchor: number
  readonly positive: number
  /** The anchor's negatives, the nearest first. */
  readonly negatives: Int32Array
  readonly start: number
  readonly end: number
}

/**
 * Triplets by whether and how far they violate a margin. Of more than a million an even draw is kept,
 * which leaves every mean what it was in expectation.
 *
 * Schroff, Kalenichenko, Philbin, "FaceNet", CVPR 2015, arXiv:1503.03832.
 */
export function tripletMarginMiner(
  { relation, geometry, stream }: MinerView,
  { margin, kind, measure }: TripletMarginParams,
): Mined {
  const { rows, columns } = relation
  const farness = farnessOf(geometry, measure)
  const stretches: Stretch[] = []
  for (let anchor = 0; anchor < rows; anchor++) {
    const positives = othersOf(relation, anchor, positive)
    if (positives.length === 0) continue
    const far = (j: number) => farness[anchor * columns + j] ?? 0
    const negatives = Int32Array.from(othersOf(relation, anchor, negative))
    negatives.sort((a, b) => far(a) - far(b))
    // The gap is formed as it is compared: a bound moved to the other side would round differently.
    const firstWith = (isBeyond: (gap: number) => boolean, reach: number) =>
      firstWhere(negatives.length, (i) => isBeyond(far(negatives[i] ?? 0) - reach))
    for (const p of positives) {
      const reach = far(p)
      const farther = firstWith((gap) => gap > 0, reach)
      const safe = firstWith((gap) => gap > margin, reach)
      const [start, end] = stretchOf(kind, { farther, safe, all: negatives.length })
      if (end > start) stretches.push({ anchor, positive: p, negatives, start, end })
    }
  }
  return tripletsOf(stretches, stream).mined(relation)
}

/** @param marks how many negatives are no farther than the positive, no farther than the margin, and there */
function stretchOf(
  kind: TripletMarginParams['kind'],
  { farther, safe, all }: { readonly farther: number; readonly safe: number; readonly all: number },
): readonly [number, number] {
  switch (kind) {
    case 'all':
      return [0, safe]
    case 'hard':
      return [0, Math.min(farther, safe)]
    case 'semihard':
      return [farther, safe]
    case 'easy':
      return [safe, all]
  }
}

function tripletsOf(stretches: readonly Stretch[], stream: RandomStream): TripletCollector {
  const triplets = new TripletCollector()
  const total = stretches.reduce((sum, { start, end }) => sum + end - start, 0)
  // Every step-th triplet of all, from a drawn one on.
  const step = Math.max(total / mostTriplets, 1)
  let next = step === 1 ? 0 : stream.next() * step
  let passed = 0
  for (const { anchor, positive, negatives, start, end } of stretches) {
    const chosen: number[] = []
    for (; next < passed + end - start; next += step)
      chosen.push(negatives[start + Math.floor(next - passed)] ?? 0)
    passed += end - start
    for (const n of chosen.sort((a, b) => a - b)) triplets.add(anchor, positive, n)
  }
  return triplets
}

/** The first of 0 … count for which a condition holds that goes on holding. */
function firstWhere(count: number, holds: (i: number) => boolean): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
