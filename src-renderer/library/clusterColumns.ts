import type { Clustering } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'

/** Clusters of a run by row of the image table; images that came after the run are in none. */
export interface ClusterColumns {
  /** The largest first. */
  readonly titles: readonly string[]
  /** Index into `titles`; −1 for none. `[n]` */
  readonly keys: Int32Array
  /** How badly an image fits into its cluster: minus its silhouette, in [−1, 1]; −2 for none. `[n]` */
  readonly oddness: Float32Array
}

export function clusterColumns(
  { ids, numbers, silhouettes, clusters }: Clustering,
  rowOf: ReadonlyMap<ImageId, number>,
  rows: number,
): ClusterColumns {
  const keyOf = new Map(clusters.map(({ number }, key) => [number, key]))
  const keys = new Int32Array(rows).fill(-1)
  const oddness = new Float32Array(rows).fill(-2)
  ids.forEach((id, i) => {
    const row = rowOf.get(id)
    const key = keyOf.get(numbers[i] ?? -1)
    if (row === undefined || key === undefined) return
    keys[row] = key
    oddness[row] = -(silhouettes[i] ?? 0)
  })
  const titles = clusters.map(({ name, number }) =>
    name === null ? `Cluster ${number}` : `${name} · cluster ${number}`,
  )
  return { titles, keys, oddness }
}
