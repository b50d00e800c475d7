import { negative, positive } from '../relation.ts'
import { othersOf, TripletCollector } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'

export interface DistanceWeightedParams {
  /** Nearer negatives count as being this far: their gradients are mostly noise. The paper takes .5. */
  readonly nearest: number
  /** Farther negatives are drawn only where there is no nearer one. The paper's code takes 1.4. */
  readonly farthest: number
}

/**
 * For each positive pair one negative of its anchor, drawn against how often distances occur on the
 * sphere, so that all distances come up alike: weights ∝ 1 / q(d), q(d) = d^(dim − 2) (1 − d²/4)^((dim − 3)/2).
 *
 * Wu, Manmatha, Smola, Krähenbühl, "Sampling Matters in Deep Embedding Learning", ICCV 2017,
 * arXiv:1706.07567.
 */
export function distanceWeightedMiner(view: MinerView, params: DistanceWeightedParams): Mined {
  const { relation, geometry, stream } = view
  const { columns } = relation
  const distances = geometry.distances()
  const triplets = new TripletCollector()
  for (let i = 0; i < relation.rows; i++) {
    const positives = othersOf(relation, i, positive)
    const negatives = othersOf(relation, i, negative)
    if (positives.length === 0 || negatives.length === 0) continue
    const sums = cumulativeWeights(
      negatives.map((n) => distances[i * columns + n] ?? 0),
      geometry.dim,
      params,
    )
    for (const p of positives) triplets.add(i, p, negatives[drawn(sums, stream.next())] ?? 0)
  }
  return triplets.mined(relation)
}

/** Even where every negative is too far: nothing tells them apart then. */
function cumulativeWeights(
  distances: readonly number[],
  dim: number,
  { nearest, farthest }: DistanceWeightedParams,
): readonly number[] {
  const logs = distances.map((distance) => {
    if (distance >= farthest) return -Infinity
    const d = Math.max(distance, nearest)
    const cap = Math.log(Math.max(1 - (d * d) / 4, 1e-8))
    return (2 - dim) * Math.log(d) + ((3 - dim) / 2) * cap
  })
  const highest = Math.max(...logs)
  let sum = 0
  return logs.map((log) => (sum += highest === -Infinity ? 1 : Math.exp(log - highest)))
}

/** The first place whose sum is above the share. @param share in [0, 1) */
function drawn(sums: readonly number[], share: number): number {
  const goal = share * (sums.at(-1) ?? 0)
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 0) > goal) high = middle
    else low = middle + 1
  }
  return low
}
