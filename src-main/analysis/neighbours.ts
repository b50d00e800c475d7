import * as tf from '../numeric/tf.ts'
import type { Tensor2D } from '../numeric/tf.ts'

/** Rows of unit length, one after the other. */
export interface Rows {
  /** `[count, dim]` */
  readonly data: Float32Array
  readonly dim: number
}

/** Nearest rows of each query, nearest first. */
export interface NearestRows {
  /** Indices of rows, `[queries, k]`; −1 where there are fewer. */
  readonly indices: Int32Array
  /** In [−1, 1], `[queries, k]`; −Infinity where there are fewer. */
  readonly cosines: Float32Array
  readonly k: number
}

/** Cosines that are held at a time: 16 MiB. */
const cosinesAtOnce = 2 ** 22

/**
 * Exact nearest neighbours by cosine, on the tensor backend that is active. Ties go to the lower
 * index; a row is not its own neighbour; NaN is never near.
 *
 * @param queries indices of the rows that are asked for; all rows if missing
 * @param gallery indices of the rows that they are looked for among, ascending; all rows if missing
 */
export async function nearestRows(
  rows: Rows,
  k: number,
  queries: Int32Array = everyIndex(countOf(rows)),
  gallery: Int32Array = everyIndex(countOf(rows)),
): Promise<NearestRows> {
  const indices = new Int32Array(queries.length * k).fill(-1)
  const cosines = new Float32Array(queries.length * k).fill(-Infinity)
  if (k === 0) return { indices, cosines, k }
  await forEachQuery(rows, queries, gallery, (query, values, q) => {
    const list = listAt(indices, cosines, q * k, k)
    for (let j = 0; j < values.length; j++) {
      const cosine = values[j] ?? 0
      if (cosine > list.worst() && gallery[j] !== query) list.insert(gallery[j] ?? 0, cosine)
    }
  })
  return { indices, cosines, k }
}

/**
 * Calls back with each query's cosines to the whole gallery, in the gallery's order, on the tensor
 * backend that is active. The cosines are valid during the call only.
 */
export async function forEachQuery(
  rows: Rows,
  queries: Int32Array,
  gallery: Int32Array,
  use: (query: number, cosines: Float32Array, position: number) => void,
): Promise<void> {
  if (queries.length === 0 || gallery.length === 0) return
  const columns = tf.tidy(() => tf.transpose<Tensor2D>(tensorOf(rows, gallery)))
  try {
    const atOnce = Math.max(1, Math.floor(cosinesAtOnce / gallery.length))
    for (let start = 0; start < queries.length; start += atOnce) {
      const part = queries.subarray(start, start + atOnce)
      const product = tf.tidy(() => tf.matMul(tensorOf(rows, part), columns))
      try {
        const values = (await product.data()) as Float32Array
        part.forEach((query, q) => {
          const from = q * gallery.length
          use(query, values.subarray(from, from + gallery.length), start + q)
        })
      } finally {
        product.dispose()
      }
    }
  } finally {
    columns.dispose()
  }
}

/** As {@link nearestRows} for one query, without a tensor backend: a single pass over the rows. */
export function nearestToOne(rows: Rows, query: number, k: number): NearestRows {
  const { data, dim } = rows
  const indices = new Int32Array(k).fill(-1)
  const cosines = new Float32Array(k).fill(-Infinity)
  const list = listAt(indices, cosines, 0, k)
  for (let row = 0; row < countOf(rows); row++) {
    if (row === query) continue
    let sum = 0
    for (let d = 0; d < dim; d++) sum += (data[query * dim + d] ?? 0) * (data[row * dim + d] ?? 0)
    const cosine = Math.fround(sum)
    if (cosine > list.worst()) list.insert(row, cosine)
  }
  return { indices, cosines, k }
}

export function countOf({ data, dim }: Rows): number {
  return dim > 0 ? data.length / dim : 0
}

export function everyIndex(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i)
}

function tensorOf({ data, dim }: Rows, chosen: Int32Array): Tensor2D {
  const part = new Float32Array(chosen.length * dim)
  chosen.forEach((row, i) => part.set(data.subarray(row * dim, row * dim + dim), i * dim))
  return tf.tensor2d(part, [chosen.length, dim])
}

/** A sorted list of length k inside two arrays: what is inserted pushes the worst one out. */
function listAt(indices: Int32Array, cosines: Float32Array, first: number, k: number) {
  const last = first + k - 1
  return {
    worst: () => cosines[last] ?? Infinity,
    insert(index: number, cosine: number) {
      let at = last
      while (at > first && cosine > (cosines[at - 1] ?? 0)) {
        cosines[at] = cosines[at - 1] ?? 0
        indices[at] = indices[at - 1] ?? 0
        at -= 1
      }
      cosines[at] = cosine
      indices[at] = index
    },
  }
}
