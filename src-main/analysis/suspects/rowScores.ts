import { pairNumber } from '../../numeric/pairNumber.ts'
import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { NearestNeighbours } from '../nearestNeighbours.ts'
import type { RowProducts } from '../rowProducts.ts'
import { forEachRow } from './pairScores.ts'
import type { PairScores } from './pairScores.ts'
import { reversed } from './rankGraph.ts'

/** The cosine itself. */
export function cosineScores({ data, dim }: Rows): PairScores {
  return { kind: 'factors', count: countOf({ data, dim }), factors: data, dim }
}

/** Neighbours that CSLS measures a neighbourhood by. */
export const cslsNeighbours = 10

/**
 * Cosine less how near each of the two is to everybody: cos − (r_i + r_j) / 2, r the mean cosine to the
 * nearest ten. In a crowd, near means little. The halves of Conneau et al., ICLR 2018, arXiv:1710.04087.
 */
export function cslsScores(rows: Rows, { cosines, k }: NearestNeighbours): PairScores {
  const near = Math.min(k, cslsNeighbours)
  const offsets = Float32Array.from({ length: countOf(rows) }, (_, i) => {
    let sum = 0
    for (let j = 0; j < near; j++) sum += Math.max(cosines[i * k + j] as number, -1)
    return -sum / Math.max(near, 1) / 2
  })
  return { ...(cosineScores(rows) as Extract<PairScores, { kind: 'factors' }>), offsets }
}

/**
 * A threshold for each image, such that a given share of all others lies above it, as GloFND learns them
 * (Balmaseda et al., ICML 2025, arXiv:2502.20612); here they are read off the whole set. The score is the
 * cosine less the mean of the two thresholds.
 *
 * @param share in (0, 1)
 */
export async function perAnchorScores(
  rows: Rows,
  share: number,
  products: RowProducts,
): Promise<PairScores> {
  const cosine = cosineScores(rows)
  const offsets = new Float32Array(cosine.count)
  await forEachRow(cosine, products, (i, row) => {
    row[i] = -Infinity
    const place = Math.min(Math.max(Math.round(share * (row.length - 1)), 1), row.length) - 1
    offsets[i] = -nthLargest(row, place) / 2
  })
  return { ...(cosine as Extract<PairScores, { kind: 'factors' }>), offsets }
}

/** Neighbours in the lists that Jaccard compares: 100, in small sets a tenth of the images. */
export function jaccardNeighbours(images: number): number {
  return Math.min(100, Math.max(5, Math.round(images / 10)))
}

/** Shared neighbours by all neighbours of the two: |A ∩ B| / |A ∪ B|, each image in its own list too. */
export function jaccardScores({
  ids,
  k,
}: {
  readonly ids: Int32Array
  readonly k: number
}): PairScores {
  const count = k > 0 ? ids.length / k : 0
  const lists = Array.from({ length: count }, (_, i) => {
    const list = ids.subarray(i * k, (i + 1) * k).filter((id) => id >= 0)
    return Int32Array.of(i, ...list).sort()
  })
  const { starts, places } = reversed(ids, count)
  const index = (shared: number, i: number, j: number) => {
    const all = (lists[i]?.length ?? 0) + (lists[j]?.length ?? 0) - shared
    return shared / Math.max(all, 1)
  }
  return {
    kind: 'rows',
    count,
    scoreOf: (i, j) => index(sharedOf(lists[i], lists[j]), i, j),
    fill(i, out) {
      out.fill(0)
      for (const m of lists[i] ?? []) {
        out[m] = (out[m] as number) + 1
        for (let at = starts[m] as number; at < (starts[m + 1] as number); at++) {
          const j = Math.floor((places[at] as number) / k)
          out[j] = (out[j] as number) + 1
        }
      }
      for (let j = 0; j < count; j++) out[j] = index(out[j] as number, i, j)
    },
  }
}

/** Numbers that two ascending lists share. */
export function sharedOf(
  a: Int32Array = new Int32Array(),
  b: Int32Array = new Int32Array(),
): number {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = (a[i] as number) - (b[j] as number)
    if (difference === 0) shared += 1
    if (difference <= 0) i += 1
    if (difference >= 0) j += 1
  }
  return shared
}

/** No score at all: what any method has to beat. */
export function randomScores(count: number): PairScores {
  return {
    kind: 'rows',
    count,
    scoreOf: (i, j) => pairNumber(i, j, randomSalt),
    fill(i, out) {
      for (let j = 0; j < count; j++) out[j] = pairNumber(i, j, randomSalt)
    },
  }
}

const randomSalt = 1

/** The value that `place` others are larger than. */
function nthLargest(values: Float32Array, place: number): number {
  const sorted = values.slice().sort()
  return sorted[sorted.length - 1 - place] ?? -1
}
