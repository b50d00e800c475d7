import { pack } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import { clusterMeans, productsWith } from './clusterMeans.ts'

/** A cluster that somebody cut into parts. */
export interface Split {
  /** Number of the cluster that was cut. */
  readonly of: number
  readonly parts: readonly {
    /** No cluster of the run had it before. */
    readonly number: number
    /** Ascending. */
    readonly rows: Int32Array
  }[]
}

/** Two are the same cluster where they share more than half of what they hold together (Jaccard). */
const leastOverlap = 0.5

/**
 * A grouping with the cuts that somebody made, the earliest first. In the epoch and resolution of the
 * cut that is the cut itself. Elsewhere a cluster is cut where it is mostly the one that was: rows that
 * were in a part stay in it, others go to the part whose mean direction is nearest. Where the grouping
 * has a part as a cluster of its own, that takes the part's number. Where it has neither, nothing is cut.
 *
 * @param numbers the number of each row's cluster, `[n]`; −1 for none
 * @returns new numbers, and for each part that was cut off here the number of the cluster it was in
 */
export function applySplits(
  rows: Rows,
  numbers: Int32Array,
  splits: readonly Split[],
): { readonly numbers: Int32Array; readonly splitFrom: ReadonlyMap<number, number> } {
  const cut = numbers.slice()
  const splitFrom = new Map<number, number>()
  for (const split of splits) {
    const whole = Int32Array.from(split.parts.flatMap((part) => [...part.rows]))
    const cluster = sameCluster(cut, whole)
    const named = split.parts.flatMap((part) => {
      const same = sameCluster(cut, part.rows)
      return same === null ? [] : [{ ...same, as: part.number }]
    })
    const isWhole =
      cluster !== null &&
      named.every(({ number, overlap }) => number !== cluster.number || overlap < cluster.overlap)
    if (isWhole) {
      cutOne(rows, cut, cluster.number, split)
      for (const part of split.parts) splitFrom.set(part.number, split.of)
    } else {
      const names = new Map(named.map(({ number, as }) => [number, as]))
      cut.forEach((number, row) => (cut[row] = names.get(number) ?? number))
    }
  }
  return { numbers: cut, splitFrom }
}

/** The cluster that is mostly these rows; null where none is. */
function sameCluster(
  numbers: Int32Array,
  rows: Int32Array,
): { readonly number: number; readonly overlap: number } | null {
  const shared = new Map<number, number>()
  for (const row of rows) {
    const number = numbers[row] ?? -1
    if (number >= 0) shared.set(number, (shared.get(number) ?? 0) + 1)
  }
  const [most] = [...shared].sort(([, a], [, b]) => b - a)
  if (most === undefined) return null
  const [number, both] = most
  const size = numbers.reduce((sum, other) => sum + Number(other === number), 0)
  const overlap = both / (size + rows.length - both)
  return overlap > leastOverlap ? { number, overlap } : null
}

function cutOne({ data, dim }: Rows, numbers: Int32Array, cluster: number, { parts }: Split): void {
  const members = Int32Array.from(numbers.keys()).filter((row) => numbers[row] === cluster)
  const known = new Map(parts.flatMap(({ rows }, part) => Array.from(rows, (row) => [row, part])))
  const own = pack(data, dim, members)
  const means = clusterMeans(
    own,
    dim,
    members.map((row) => known.get(row) ?? -1),
  )
  const cosines = new Float64Array(means.count)
  members.forEach((row, i) => {
    productsWith(own, dim, i, means.directions, cosines)
    // A part that has no image here attracts none.
    means.sizes.forEach((size, part) => {
      if (size === 0) cosines[part] = -Infinity
    })
    const nearest = cosines.indexOf(cosines.reduce((most, x) => Math.max(most, x), -Infinity))
    numbers[row] = parts[known.get(row) ?? nearest]?.number ?? cluster
  })
}
