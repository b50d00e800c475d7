import { random } from '../../numeric/random.ts'
import { scoreOf } from './pairScores.ts'
import type { PairScores } from './pairScores.ts'
import type { IsPair } from './topPairs.ts'

/** Pairs that a threshold is read off: a share of 1 % is then right to .01 %. */
const mostPairs = 1_000_000

/** A score, and the share of pairs that really lies above it. */
export interface ShareThreshold {
  /** Pairs above it are meant; Infinity for none. */
  readonly score: number
  readonly share: number
}

/**
 * The score that a share of all pairs lies above: read off all of them, or in large sets off a million
 * drawn at random, always the same. Of equal scores all stay below.
 *
 * @param share in [0, 1]
 * @param isPair which pairs count; all if missing
 */
export function thresholdOfShare(
  scores: PairScores,
  share: number,
  isPair: IsPair = () => true,
): ShareThreshold {
  const values = sampledScores(scores, isPair).sort()
  const wanted = Math.floor(share * values.length)
  if (wanted === 0) return { score: Infinity, share: 0 }
  const score = values[values.length - wanted - 1] ?? -Infinity
  const above = values.length - firstAbove(values, score)
  return { score, share: above / values.length }
}

function sampledScores(scores: PairScores, isPair: IsPair): Float32Array {
  const { count } = scores
  const all = (count * (count - 1)) / 2
  const values = new Float32Array(Math.min(all, mostPairs))
  let size = 0
  if (all <= mostPairs) {
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++) if (isPair(i, j)) values[size++] = scoreOf(scores, i, j)
    return values.subarray(0, size)
  }
  const stream = random(0, 'share of pairs')
  for (let drawn = 0; drawn < mostPairs; drawn++) {
    const i = stream.integer(count)
    const j = stream.integer(count)
    if (i !== j && isPair(Math.min(i, j), Math.max(i, j))) values[size++] = scoreOf(scores, i, j)
  }
  return values.subarray(0, size)
}

/** Index of the first value above, in ascending values. */
function firstAbove(values: Float32Array, score: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) > score) high = middle
    else low = middle + 1
  }
  return low
}
