import { concentrationOf } from './concentration.ts'
import { clusterMeans, productsWith } from './clusterMeans.ts'

/** What each row is to its cluster. */
export interface ClusterFit {
  /** Cosine with the mean direction of the own cluster, `[n]`; 0 for rows without one. */
  readonly cosines: Float32Array
  /** In [−1, 1], `[n]`; 0 for rows without a cluster, or alone in it. */
  readonly silhouettes: Float32Array
  /** `[clusters]` */
  readonly clusters: readonly ClusterMeasures[]
}

export interface ClusterMeasures {
  /** Ascending. */
  readonly rows: Int32Array
  /** The row with the largest mean cosine to the others. */
  readonly medoid: number
  /** κ of von Mises and Fisher; null where all rows are the same. */
  readonly concentration: number | null
  readonly meanCosine: number
  /** Index of the cluster whose mean direction is nearest, and the angle; null if alone. */
  readonly nearest: number | null
  readonly separationDegrees: number | null
  readonly silhouette: number
  /** Rows whose cosine lies below the lower one of Tukey's fences, the lowest first. */
  readonly outliers: Int32Array
}

/**
 * Measures clusters of unit rows. Silhouettes and medoids are exact although no pairs are formed: the
 * mean of 1 − cos over a cluster is 1 less the product with its mean.
 *
 * @param rows `[n, dim]`
 * @param clusters of each row, from 0 without gaps; −1 for rows that take no part
 */
export function measureClusters(rows: Float32Array, dim: number, clusters: Int32Array): ClusterFit {
  const n = clusters.length
  const means = clusterMeans(rows, dim, clusters)
  const { count, sizes, sums, lengths, directions } = means
  const cosines = new Float32Array(n)
  const silhouettes = new Float32Array(n)
  const products = new Float64Array(count)
  const medoids = new Int32Array(count).fill(-1)
  const best = new Float64Array(count).fill(-Infinity)
  for (let i = 0; i < n; i++) {
    const own = clusters[i] as number
    if (own < 0) continue
    productsWith(rows, dim, i, sums, products)
    const product = products[own] as number
    cosines[i] = (lengths[own] as number) > 0 ? product / (lengths[own] as number) : 0
    silhouettes[i] = silhouetteOf(products, sizes, own)
    if (product > (best[own] as number)) {
      best[own] = product
      medoids[own] = i
    }
  }
  const members = membersOf(clusters, count)
  return {
    cosines,
    silhouettes,
    clusters: members.map((rowsOfIt, c) => ({
      rows: rowsOfIt,
      medoid: medoids[c] as number,
      concentration:
        dim < 2 ? null : concentrationOf((lengths[c] as number) / rowsOfIt.length, dim),
      meanCosine: (lengths[c] as number) / rowsOfIt.length,
      ...nearestOf(directions, dim, c, count),
      silhouette: meanOf(rowsOfIt, silhouettes),
      outliers: outliersOf(rowsOfIt, cosines),
    })),
  }
}

/** @param products of the row with the sums of all clusters; the row is part of its own one's */
function silhouetteOf(products: Float64Array, sizes: Int32Array, own: number): number {
  const size = sizes[own] as number
  if (size < 2 || products.length < 2) return 0
  const inside = 1 - ((products[own] as number) - 1) / (size - 1)
  let outside = Infinity
  for (let c = 0; c < products.length; c++)
    if (c !== own) outside = Math.min(outside, 1 - (products[c] as number) / (sizes[c] as number))
  const larger = Math.max(inside, outside)
  return larger > 0 ? (outside - inside) / larger : 0
}

function membersOf(clusters: Int32Array, count: number): readonly Int32Array[] {
  const members = Array.from({ length: count }, (): number[] => [])
  clusters.forEach((c, i) => members[c]?.push(i))
  return members.map((rows) => Int32Array.from(rows))
}

function nearestOf(
  directions: Float32Array,
  dim: number,
  own: number,
  count: number,
): Pick<ClusterMeasures, 'nearest' | 'separationDegrees'> {
  if (count < 2) return { nearest: null, separationDegrees: null }
  const products = new Float64Array(count)
  productsWith(directions, dim, own, directions, products)
  products[own] = -Infinity
  const most = products.reduce((larger, value) => Math.max(larger, value), -Infinity)
  const angle = Math.acos(Math.min(1, Math.max(-1, most)))
  return { nearest: products.indexOf(most), separationDegrees: (angle * 180) / Math.PI }
}

function meanOf(rows: Int32Array, values: Float32Array): number {
  return rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / Math.max(rows.length, 1)
}

/** Below the first quartile by more than one and a half times what lies between the quartiles. */
function outliersOf(rows: Int32Array, cosines: Float32Array): Int32Array {
  const sorted = rows.toSorted((a, b) => (cosines[a] ?? 0) - (cosines[b] ?? 0) || a - b)
  const at = (share: number): number =>
    cosines[sorted[Math.floor(share * (sorted.length - 1))] ?? 0] ?? 0
  const fence = at(0.25) - 1.5 * (at(0.75) - at(0.25))
  return sorted.filter((row) => (cosines[row] ?? 0) < fence)
}
