import { setImmediate as nextTurn } from 'node:timers/promises'
import { random } from '../../numeric/random.ts'
import { openRowProducts } from '../rowProducts.ts'
import type { RowProducts } from '../rowProducts.ts'

/** Rounds at most; a few dozen are enough. */
const mostRounds = 100

/** Numbers that are held at a time: 16 MiB. */
const productsAtOnce = 2 ** 22

export interface KMeansOptions {
  readonly dim: number
  /** Clusters; fewer where there are fewer rows. */
  readonly k: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((share: number) => void) | undefined
}

/**
 * Spherical k-means (Dhillon & Modha, Machine Learning 2001): each row belongs to the unit mean that
 * it has the largest cosine with. Starts from rows that are far from each other (k-means++, Arthur &
 * Vassilvitskii, SODA 2007) by a fixed seed. An empty cluster gets the row that its own mean fits worst.
 *
 * @param rows of unit length and finite, `[n, dim]`
 * @returns the cluster of each row, from 0
 * @throws the signal's reason when it is aborted
 */
export async function sphericalKMeans(
  rows: Float32Array,
  { dim, k: asked, signal, onProgress }: KMeansOptions,
): Promise<Int32Array> {
  const n = rows.length / dim
  const k = Math.min(asked, n)
  const clusters = new Int32Array(n)
  if (k < 2) return clusters
  const fits = new Float32Array(n)
  const products = await openRowProducts()
  try {
    let means = farRows(rows, dim, k, products)
    for (let round = 0; round < mostRounds; round++) {
      const changed = assign(rows, dim, means, products, { clusters, fits })
      if (changed === 0) break
      means = meansOf(rows, dim, clusters, k, fits)
      onProgress?.((round + 1) / mostRounds)
      await nextTurn()
      signal?.throwIfAborted()
    }
  } finally {
    products.dispose()
  }
  return clusters
}

/** Rows one after the other, with a chance that grows with the distance to those there are. */
function farRows(rows: Float32Array, dim: number, k: number, products: RowProducts): Float32Array {
  const n = rows.length / dim
  const stream = random(0, 'k-means')
  const means = new Float32Array(k * dim)
  const distances = new Float64Array(n).fill(Infinity)
  const cosines = new Float32Array(n)
  let chosen = stream.integer(n)
  for (let c = 0; c < k; c++) {
    const mean = rows.subarray(chosen * dim, (chosen + 1) * dim)
    means.set(mean, c * dim)
    products.multiply(rows, mean, dim, cosines)
    let sum = 0
    for (let i = 0; i < n; i++) {
      // The squared chord is 2(1 − cos).
      distances[i] = Math.max(0, Math.min(distances[i] as number, 1 - (cosines[i] as number)))
      sum += distances[i] as number
    }
    let left = stream.next() * sum
    chosen = distances.findIndex((distance) => (left -= distance) < 0)
    if (chosen < 0) chosen = stream.integer(n)
  }
  return means
}

/** @returns how many rows changed their cluster */
function assign(
  rows: Float32Array,
  dim: number,
  means: Float32Array,
  products: RowProducts,
  { clusters, fits }: { readonly clusters: Int32Array; readonly fits: Float32Array },
): number {
  const n = clusters.length
  const k = means.length / dim
  const atOnce = Math.max(1, Math.floor(productsAtOnce / k))
  const out = new Float32Array(Math.min(atOnce, n) * k)
  let changed = 0
  for (let from = 0; from < n; from += atOnce) {
    const to = Math.min(from + atOnce, n)
    products.multiply(rows.subarray(from * dim, to * dim), means, dim, out)
    for (let i = from; i < to; i++) {
      const cosines = out.subarray((i - from) * k, (i - from + 1) * k)
      let best = 0
      for (let c = 1; c < k; c++) if ((cosines[c] as number) > (cosines[best] as number)) best = c
      // The first time, all are new.
      if (best !== clusters[i] || fits[i] === 0) changed += 1
      clusters[i] = best
      fits[i] = cosines[best] as number
    }
  }
  return changed
}

/** Unit means, `[k, dim]`. */
function meansOf(
  rows: Float32Array,
  dim: number,
  clusters: Int32Array,
  k: number,
  fits: Float32Array,
): Float32Array {
  const sums = new Float64Array(k * dim)
  const sizes = new Int32Array(k)
  clusters.forEach((c, i) => {
    sizes[c] = (sizes[c] as number) + 1
    for (let d = 0; d < dim; d++)
      sums[c * dim + d] = (sums[c * dim + d] as number) + (rows[i * dim + d] as number)
  })
  const means = new Float32Array(k * dim)
  const worst = fits.slice()
  for (let c = 0; c < k; c++) {
    const sum = sums.subarray(c * dim, (c + 1) * dim)
    const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
    if ((sizes[c] as number) > 0 && norm > 0) {
      sum.forEach((value, d) => (means[c * dim + d] = value / norm))
      continue
    }
    const alone = worst.indexOf(worst.reduce((least, value) => Math.min(least, value), Infinity))
    worst[alone] = Infinity
    means.set(rows.subarray(alone * dim, (alone + 1) * dim), c * dim)
  }
  return means
}
