import type { LabelPrototypes } from '../../contract/clusters.ts'
import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import { finiteRows } from '../nearestNeighbours.ts'
import { clusterMeans, productsWith } from './clusterMeans.ts'

/**
 * How alike the mean directions of labels are. Where all labels stand as far apart as they can at the
 * same time, as a simplex (Papyan et al., PNAS 2020, arXiv:2008.08186), each cosine is −1/(labels − 1);
 * that takes at least labels − 1 dimensions.
 *
 * @param labels index into `labelNames` of each row, −1 for none
 */
export function labelPrototypes(
  rows: Rows,
  labels: Int32Array,
  labelNames: readonly string[],
): Omit<LabelPrototypes, 'run' | 'epoch'> {
  const used = new Int32Array(labelNames.length).fill(-1)
  const names: string[] = []
  const own = new Int32Array(labels.length).fill(-1)
  const finite = finiteRows(rows.data, countOf(rows), rows.dim)
  const isHere = new Uint8Array(labelNames.length)
  for (const row of finite) isHere[labels[row] ?? -1] = 1
  labelNames.forEach((name, label) => {
    if (isHere[label]) used[label] = names.push(name) - 1
  })
  for (const row of finite) own[row] = used[labels[row] ?? -1] ?? -1
  const { count, sizes, lengths, directions } = clusterMeans(rows.data, rows.dim, own)
  const cosines = new Float32Array(count * count)
  const products = new Float64Array(count)
  for (let a = 0; a < count; a++) {
    productsWith(directions, rows.dim, a, directions, products)
    cosines.set(products, a * count)
  }
  return {
    labels: names,
    counts: sizes,
    cosines,
    tightness: Float32Array.from(lengths, (length, a) => length / Math.max(sizes[a] ?? 0, 1)),
    ideal: count > 1 ? -1 / (count - 1) : null,
  }
}
