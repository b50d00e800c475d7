import { finiteRows } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import { clusterMeans } from './clusterMeans.ts'

/** What one epoch says of two sets of images. */
export interface GroupMoment {
  /** Between the mean directions of the two; NaN where one of them has none. */
  readonly cosine: number
  /** Share of rows nearer to their own set than to the other, each set counting half; in [0, 1]. */
  readonly toldApart: number
}

/**
 * Two sets of rows in one embedding. A row takes no part in the mean of its own set that it is compared
 * with; alone in its set, it is what it is. Equally near counts half. Rows that are not finite are left
 * out.
 *
 * @param groups 0 or 1 for each row, −1 for rows of neither
 */
export function groupMoment({ data, dim }: Rows, groups: Int32Array): GroupMoment {
  const finite = new Int32Array(groups.length).fill(-1)
  for (const row of finiteRows(data, groups.length, dim)) finite[row] = groups[row] as number
  const { count, sizes, sums, lengths } = clusterMeans(data, dim, finite)
  const product = (a: number, b: number): number => {
    let total = 0
    for (let d = 0; d < dim; d++)
      total += (sums[a * dim + d] as number) * (sums[b * dim + d] as number)
    return total
  }
  const [first = 0, second = 0] = lengths
  if (count < 2 || first === 0 || second === 0) return { cosine: NaN, toldApart: NaN }
  const told = [0, 0]
  finite.forEach((own, i) => {
    if (own < 0) return
    const nearness = [0, 1].map((group) => {
      let dot = 0
      let square = 0
      const isAlone = (sizes[group] as number) === 1
      for (let d = 0; d < dim; d++) {
        const value = data[i * dim + d] as number
        const sum = sums[group * dim + d] as number
        const other = group === own && !isAlone ? sum - value : sum
        dot += value * other
        square += other * other
      }
      return square > 0 ? dot / Math.sqrt(square) : 0
    })
    const more = (nearness[own] ?? 0) - (nearness[1 - own] ?? 0)
    told[own] = (told[own] ?? 0) + (more > 0 ? 1 : more === 0 ? 0.5 : 0)
  })
  const shares = told.map((number, group) => number / (sizes[group] as number))
  return {
    cosine: product(0, 1) / (first * second),
    toldApart: ((shares[0] ?? 0) + (shares[1] ?? 0)) / 2,
  }
}
