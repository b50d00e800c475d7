import { random } from '../numeric/random.ts'
import { finiteRows, pack } from './nearestNeighbours.ts'
import type { NearestNeighbours } from './nearestNeighbours.ts'
import { countOf, everyIndex } from './neighbours.ts'
import type { Rows } from './neighbours.ts'
import { picturedNeighbours } from './picturedNeighbours.ts'
import { RankedRow } from './rankedRow.ts'
import { openRowProducts } from './rowProducts.ts'

/** How well a picture keeps who is near whom. Each is 1 for a perfect picture. */
export interface PictureQuality {
  /** Falls when strangers are shown as neighbours, the more the further away they truly are. */
  readonly trustworthiness: number
  /** Falls when neighbours are shown apart, the more the further. */
  readonly continuity: number
  /** Share of the k true nearest neighbours that are among the k nearest in the picture. */
  readonly neighboursKept: number
}

export interface PictureQualityOptions {
  /** Neighbours that count, at least 1; fewer where there are fewer rows. */
  readonly k: number
  /** Images that are asked for; with 1,000 the standard error of `neighboursKept` is below .01. */
  readonly mostQueries?: number | undefined
}

/** Numbers that are held at a time: 16 MiB. */
const productsAtOnce = 2 ** 22

/**
 * Trustworthiness and continuity (Venna & Kaski, ICANN 2001) and k-NN recall of a picture, over all
 * rows or an even sample of them, ranked among all rows:
 *
 * T = 1 − g · mean_i Σ (r(i, j) − k) over the j that are among i's k nearest in the picture and not in
 * truth, r the rank of j among i's true neighbours (1 is the nearest); C the same with picture and
 * truth exchanged; g = 2 / (k (2n − 3k − 1)) for k < n/2, else 2 / ((n − k)(n − k − 1)). Truth ranks by
 * cosine, the picture by distance; of equals the lower index is nearer. Rows that are not finite are
 * left out.
 *
 * @param positions `[n, 3]`
 */
export async function pictureQuality(
  rows: Rows,
  positions: Float32Array,
  { k: asked, mostQueries = 1000 }: PictureQualityOptions,
): Promise<PictureQuality> {
  const finite = finiteRows(rows.data, countOf(rows), rows.dim)
  const n = finite.length
  const k = Math.min(asked, n - 1)
  if (k < 1) return { trustworthiness: 1, continuity: 1, neighboursKept: 1 }
  const data = pack(rows.data, rows.dim, finite)
  const points = pack(positions, 3, finite)
  const queries = sampleOf(n, mostQueries)
  const truth = new RankedRow(n, k)
  const shown = new RankedRow(n, k)
  let [intruded, torn, kept] = [0, 0, 0]
  await forEachRow(data, rows.dim, queries, (query, cosines) => {
    truth.load(query, cosines)
    shown.load(query, nearnesses(points, query))
    for (const rank of truth.ranksOf(shown.nearest)) intruded += Math.max(0, rank - k)
    for (const rank of shown.ranksOf(truth.nearest)) {
      torn += Math.max(0, rank - k)
      if (rank <= k) kept += 1
    }
  })
  const g = k < n / 2 ? 2 / (k * (2 * n - 3 * k - 1)) : 2 / ((n - k) * (n - k - 1))
  const lost = (sum: number): number => (sum > 0 ? (g * sum) / queries.length : 0)
  return {
    trustworthiness: 1 - lost(intruded),
    continuity: 1 - lost(torn),
    neighboursKept: kept / (queries.length * k),
  }
}

/**
 * Share of each row's k true nearest neighbours that are not among its k nearest in the picture, `[n]`,
 * in [0, 1]; 1 for excluded rows.
 *
 * @param nearest lists of at least k
 */
export function distortionOf(
  nearest: NearestNeighbours,
  positions: Float32Array,
  k: number,
): Float32Array {
  const n = positions.length / 3
  const shown = picturedNeighbours(positions, k)
  const distortion = new Float32Array(n).fill(1)
  for (let i = 0; i < n; i++) {
    const truth = nearest.ids.subarray(i * nearest.k, i * nearest.k + k).filter((id) => id >= 0)
    if (truth.length === 0) continue
    const seen = shown.subarray(i * k, (i + 1) * k)
    distortion[i] = truth.filter((id) => !seen.includes(id)).length / truth.length
  }
  return distortion
}

function sampleOf(n: number, most: number): Int32Array {
  const all = everyIndex(n)
  return n <= most ? all : random(0, 'faithfulness').shuffle(all).slice(0, most).sort()
}

/** Calls back with each query's cosines to all rows, `[n]`. */
async function forEachRow(
  data: Float32Array,
  dim: number,
  queries: Int32Array,
  use: (query: number, cosines: Float32Array) => void,
): Promise<void> {
  const n = data.length / dim
  const atOnce = Math.max(1, Math.floor(productsAtOnce / n))
  const out = new Float32Array(Math.min(atOnce, queries.length) * n)
  const products = await openRowProducts()
  try {
    for (let from = 0; from < queries.length; from += atOnce) {
      const part = queries.subarray(from, from + atOnce)
      products.multiply(pack(data, dim, part), data, dim, out)
      part.forEach((query, q) => use(query, out.subarray(q * n, (q + 1) * n)))
    }
  } finally {
    products.dispose()
  }
}

/** −distance² to all points, in float64. */
function nearnesses(points: Float32Array, query: number): Float64Array {
  const x = points[3 * query] as number
  const y = points[3 * query + 1] as number
  const z = points[3 * query + 2] as number
  const result = new Float64Array(points.length / 3)
  for (let j = 0; j < result.length; j++) {
    const dx = x - (points[3 * j] as number)
    const dy = y - (points[3 * j + 1] as number)
    const dz = z - (points[3 * j + 2] as number)
    result[j] = -(dx * dx + dy * dy + dz * dz)
  }
  return result
}
