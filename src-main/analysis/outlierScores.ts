import type { NearestNeighbours } from './nearestNeighbours.ts'

/** Neighbours that say how far off an image is. */
const looked = 10

/**
 * How far each row is from those nearest to it: 1 − the mean cosine with the ten nearest, in [0, 2]. After
 * the distance-based outliers of Ramaswamy, Rastogi, Shim, SIGMOD 2000.
 *
 * @returns `[n]`, NaN for rows without a neighbour
 */
export function outlierScores({ ids, cosines, k }: NearestNeighbours): Float32Array {
  const scores = new Float32Array(k > 0 ? ids.length / k : 0)
  for (let i = 0; i < scores.length; i++) {
    let sum = 0
    let count = 0
    for (let at = i * k; at < i * k + Math.min(k, looked); at++) {
      if ((ids[at] ?? -1) < 0) break
      sum += cosines[at] ?? 0
      count += 1
    }
    scores[i] = count === 0 ? NaN : 1 - sum / count
  }
  return scores
}
