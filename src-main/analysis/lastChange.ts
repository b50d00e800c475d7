import { clusterMeans, productsWith } from './clusters/clusterMeans.ts'
import { finiteRows } from './nearestNeighbours.ts'
import type { Rows } from './neighbours.ts'

/**
 * The label whose mean direction is nearest to each row.
 *
 * @param labels one a row, −1 for none
 * @returns `[n]`, −1 for rows that are not finite and where no row has a label
 */
export function nearestLabelOf({ data, dim }: Rows, labels: Int32Array): Int32Array {
  const nearest = new Int32Array(labels.length).fill(-1)
  const finite = finiteRows(data, labels.length, dim)
  const own = new Int32Array(labels.length).fill(-1)
  for (const row of finite) own[row] = labels[row] ?? -1
  const { count, sizes, directions } = clusterMeans(data, dim, own)
  const products = new Float64Array(count)
  for (const row of finite) {
    productsWith(data, dim, row, directions, products)
    let best = -Infinity
    for (let label = 0; label < count; label++) {
      if ((sizes[label] ?? 0) === 0 || (products[label] ?? 0) <= best) continue
      best = products[label] ?? 0
      nearest[row] = label
    }
  }
  return nearest
}

/**
 * The last epoch in which something became another than in the epoch before.
 *
 * @param epochs ascending, with what holds for each row then, `[n]`
 * @returns `[n]`: an epoch; the first one where nothing ever changed; NaN where nothing is known (below 0)
 */
export function lastChangeOf(
  epochs: readonly { readonly epoch: number; readonly states: Int32Array }[],
): Float32Array {
  const [first] = epochs
  if (!first) return new Float32Array(0)
  const changed = new Float32Array(first.states.length).fill(first.epoch)
  for (const [at, { epoch, states }] of epochs.entries())
    states.forEach((state, i) => {
      if (at > 0 && state !== epochs[at - 1]?.states[i]) changed[i] = epoch
      if (at === epochs.length - 1 && state < 0) changed[i] = NaN
    })
  return changed
}
