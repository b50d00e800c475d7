import type { Clustering } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { GroupColumns } from './arrange.ts'

/** Clusters of a run by row of the image table, the largest first; images that came later are in none. */
export function clusterColumns(
  { ids, numbers, clusters }: Clustering,
  rowOf: ReadonlyMap<ImageId, number>,
  rows: number,
): GroupColumns {
  const keyOf = new Map(clusters.map(({ number }, key) => [number, key]))
  const keys = new Int32Array(rows).fill(-1)
  ids.forEach((id, i) => {
    const row = rowOf.get(id)
    const key = keyOf.get(numbers[i] ?? -1)
    if (row !== undefined && key !== undefined) keys[row] = key
  })
  const titles = clusters.map(({ name, number }) =>
    name === null ? `Cluster ${number}` : `${name} · cluster ${number}`,
  )
  return { titles, keys }
}
