import type { NearestNeighbours } from '../nearestNeighbours.ts'

/**
 * What labels an image's neighbours have, the nearest counting most: 1 / rank, the shares summing to 1; all
 * equal for an image without neighbours.
 *
 * @param labels 0 … labelCount − 1, one an image
 * @returns `[images, labelCount]`
 */
export function neighbourVotes(
  { ids, k }: NearestNeighbours,
  labels: Int32Array,
  labelCount: number,
): Float32Array {
  const votes = new Float32Array(labels.length * labelCount)
  for (let i = 0; i < labels.length; i++) {
    let all = 0
    for (let rank = 1; rank <= k; rank++) {
      const label = labels[ids[i * k + rank - 1] ?? -1]
      if (label === undefined) continue
      votes[i * labelCount + label] = (votes[i * labelCount + label] as number) + 1 / rank
      all += 1 / rank
    }
    for (let at = i * labelCount; at < (i + 1) * labelCount; at++)
      votes[at] = all > 0 ? (votes[at] as number) / all : 1 / labelCount
  }
  return votes
}
