import { random } from '../../numeric/random.ts'
import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { RowProducts } from '../rowProducts.ts'
import { normalise } from './joinedRows.ts'
import type { PairScores } from './pairScores.ts'

/** Numbers of clusters that are tried, since nobody knows the right one. */
const clusterings = [10, 20, 30, 40, 50, 60, 70, 80]

/** Rounds of k-means: what still moves after them is a border case anyway. */
const rounds = 15

/**
 * How often two images land in the same cluster, over eight spherical k-means with 10 to 80 clusters
 * (evidence accumulation: Fred & Jain, PAMI 2005). Of equals the nearer pair comes first.
 */
export function coAssociationScores(rows: Rows, products: RowProducts): PairScores {
  const count = countOf(rows)
  const { data, dim } = rows
  const assignments = clusterings.map((clusters) =>
    sphericalKMeans(rows, Math.min(clusters, count), products),
  )
  const scoreOf = (i: number, j: number) => {
    let together = 0
    for (const of of assignments) if (of[i] === of[j]) together += 1
    let cosine = 0
    for (let d = 0; d < dim; d++)
      cosine += (data[i * dim + d] as number) * (data[j * dim + d] as number)
    return together + cosine / 4
  }
  const cosines = new Float32Array(count)
  return {
    kind: 'rows',
    count,
    scoreOf,
    fill(i, out) {
      products.multiply(data.subarray(i * dim, (i + 1) * dim), data, dim, cosines)
      for (let j = 0; j < count; j++) out[j] = (cosines[j] as number) / 4
      for (const of of assignments) {
        const own = of[i]
        for (let j = 0; j < count; j++) if (of[j] === own) out[j] = (out[j] as number) + 1
      }
    },
  }
}

/**
 * Clusters of unit rows by cosine; the start is k-means++ (Arthur & Vassilvitskii, SODA 2007) with a fixed
 * seed. A cluster that loses all its rows keeps its centre.
 *
 * @returns the cluster of each row, `[count]`
 */
export function sphericalKMeans(rows: Rows, clusters: number, products: RowProducts): Int32Array {
  const { data, dim } = rows
  const count = countOf(rows)
  const centres = startOf(rows, clusters)
  const nearest = new Int32Array(count)
  const cosines = new Float32Array(count * clusters)
  for (let round = 0; round < rounds; round++) {
    products.multiply(data, centres, dim, cosines)
    let moved = 0
    for (let i = 0; i < count; i++) {
      let best = 0
      for (let c = 1; c < clusters; c++)
        if ((cosines[i * clusters + c] as number) > (cosines[i * clusters + best] as number))
          best = c
      if (nearest[i] !== best) moved += 1
      nearest[i] = best
    }
    if (moved === 0 && round > 0) break
    moveCentres(rows, nearest, centres)
  }
  return nearest
}

function moveCentres({ data, dim }: Rows, nearest: Int32Array, centres: Float32Array): void {
  const sums = new Float32Array(centres.length)
  nearest.forEach((cluster, i) => {
    for (let d = 0; d < dim; d++)
      sums[cluster * dim + d] = (sums[cluster * dim + d] as number) + (data[i * dim + d] as number)
  })
  for (let c = 0; c < centres.length / dim; c++) {
    const sum = sums.subarray(c * dim, (c + 1) * dim)
    if (sum.every((value) => value === 0)) continue
    normalise(sum)
    centres.set(sum, c * dim)
  }
}

/** The next centre is a row drawn by its squared distance from the nearest one so far. */
function startOf(rows: Rows, clusters: number): Float32Array {
  const { data, dim } = rows
  const count = countOf(rows)
  const stream = random(0, 'k-means', clusters)
  const centres = new Float32Array(clusters * dim)
  const distances = new Float64Array(count).fill(Infinity)
  let chosen = stream.integer(Math.max(count, 1))
  for (let c = 0; c < clusters; c++) {
    const centre = data.subarray(chosen * dim, (chosen + 1) * dim)
    centres.set(centre, c * dim)
    let sum = 0
    for (let i = 0; i < count; i++) {
      let cosine = 0
      for (let d = 0; d < dim; d++) cosine += (data[i * dim + d] as number) * (centre[d] as number)
      distances[i] = Math.min(distances[i] as number, Math.max(2 - 2 * cosine, 0))
      sum += distances[i] as number
    }
    let left = stream.next() * sum
    chosen = count - 1
    for (let i = 0; i < count; i++) {
      left -= distances[i] as number
      if (left <= 0) {
        chosen = i
        break
      }
    }
  }
  return centres
}
