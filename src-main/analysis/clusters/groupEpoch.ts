import type { ClusterMethod } from '../../contract/clusters.ts'
import { fingerprintOf } from '../epochNeighbours.ts'
import { listsOf } from '../neighbourFrames.ts'
import type { PictureOptions } from '../neighbourFrames.ts'
import { finiteRows, pack } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import { affinitiesOf } from '../neighbourView/affinities.ts'
import type { Affinities } from '../neighbourView/affinities.ts'
import { readEmbeddingOf } from '../sphereFrames.ts'
import type { EmbeddedRun } from '../sphereFrames.ts'
import { louvain } from './louvain.ts'
import { matchClusters } from './matchClusters.ts'
import { sphericalKMeans } from './sphericalKMeans.ts'
import { readGrouping, relatedGrouping, storeGrouping } from './storedGroupings.ts'
import { readSplits } from './storedSplits.ts'

export interface GroupedEpoch {
  readonly rows: Rows
  readonly fingerprint: string
  /** The number of each row's cluster, as the method found it; −1 for rows that are not finite. */
  readonly numbers: Int32Array
}

/**
 * Groups the images of an epoch. The groups are kept in the run's folder
 * (`sphere/clusters-<method>-<epoch>.json`), their numbers matched with the groups of the nearest epoch
 * that has some by the same method, or else by another.
 *
 * @returns null if the epoch has no embedding
 * @throws the signal's reason when it is aborted
 */
export async function groupEpoch(
  embedded: EmbeddedRun,
  { epoch, method }: { readonly epoch: number; readonly method: ClusterMethod },
  options: PictureOptions,
): Promise<GroupedEpoch | null> {
  const rows = await readEmbeddingOf(embedded, epoch)
  if (!rows) return null
  const fingerprint = fingerprintOf(rows)
  const place = { runFolder: embedded.runFolder, epoch, method }
  const stored = await readGrouping(place, fingerprint)
  if (stored) return { rows, fingerprint, numbers: stored.numbers }
  const clusters = await groupsOf(rows, fingerprint, method, options)
  const earlier = await relatedGrouping(place, clusters.length)
  const { nextNumber } = await readSplits(embedded.runFolder)
  const grouping = matchClusters(
    clusters,
    earlier?.numbers ?? new Int32Array(clusters.length).fill(-1),
    Math.max(earlier?.nextNumber ?? 0, nextNumber),
  )
  await storeGrouping(place, { ...grouping, fingerprint })
  return { rows, fingerprint, numbers: grouping.numbers }
}

/** The graph of an epoch's rows that communities are looked for in. */
export async function graphOf(
  rows: Rows,
  fingerprint: string,
  options: PictureOptions,
): Promise<Affinities> {
  return affinitiesOf(await listsOf(rows, fingerprint, options))
}

async function groupsOf(
  rows: Rows,
  fingerprint: string,
  method: ClusterMethod,
  options: PictureOptions,
): Promise<Int32Array> {
  const { data, dim } = rows
  const finite = finiteRows(data, data.length / Math.max(dim, 1), dim)
  const clusters = new Int32Array(data.length / Math.max(dim, 1)).fill(-1)
  if (method.kind === 'k-means') {
    const found = await sphericalKMeans(pack(data, dim, finite), {
      dim,
      k: method.k,
      signal: options.signal,
      onProgress: (share) => options.onProgress('clusters', share),
    })
    finite.forEach((row, i) => (clusters[row] = found[i] as number))
    return clusters
  }
  const graph = await graphOf(rows, fingerprint, options)
  options.onProgress('clusters', 0)
  const found = louvain(graph, method.resolution)
  for (const row of finite) clusters[row] = found[row] as number
  return clusters
}
