import type { Faithfulness } from '../contract/sphere.ts'
import { random } from '../numeric/random.ts'
import { lengthShareOf } from './linearView.ts'
import { countOf, everyIndex, nearestRows } from './neighbours.ts'
import type { Rows } from './neighbours.ts'
import type { Axes } from './principalAxes.ts'

/** Images that are asked for; with 1,000 the standard error of `neighboursKept` is below .01. */
const mostQueries = 1000

/** Neighbours of an image that should also be its neighbours in the picture. */
const neighbours = 10

/** How far a picture of the rows can be trusted, on the tensor backend that is active. */
export async function faithfulnessOf(
  rows: Rows,
  axes: Axes,
  positions: Float32Array,
): Promise<Faithfulness> {
  const k = Math.min(neighbours, Math.max(countOf(rows) - 1, 0))
  return {
    isExact: rows.dim <= 3,
    lengthShare: lengthShareOf(rows, axes),
    neighboursKept: await neighboursKept(rows, positions, k),
    k,
  }
}

/** Share of the k true nearest neighbours that are among the k nearest in the picture. */
async function neighboursKept(rows: Rows, positions: Float32Array, k: number): Promise<number> {
  if (k === 0 || rows.dim <= 3) return 1
  const all = everyIndex(countOf(rows))
  const queries =
    all.length <= mostQueries
      ? all
      : random(0, 'faithfulness').shuffle(all.slice()).subarray(0, mostQueries).sort()
  const truth = await nearestRows(rows, k, queries)
  const shown = await nearestRows({ data: positions, dim: 3 }, k, queries)
  let kept = 0
  for (let q = 0; q < queries.length; q++) {
    const seen = new Set(shown.indices.subarray(q * k, q * k + k))
    for (const index of truth.indices.subarray(q * k, q * k + k))
      if (index >= 0 && seen.has(index)) kept += 1
  }
  return kept / (queries.length * k)
}
