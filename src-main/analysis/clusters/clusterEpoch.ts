import type { ClusterMethod, Clustering } from '../../contract/clusters.ts'
import { fingerprintOf } from '../epochNeighbours.ts'
import type { PictureOptions } from '../neighbourFrames.ts'
import { finiteRows, pack } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import { affinitiesOf } from '../neighbourView/affinities.ts'
import { readEmbeddingOf } from '../sphereFrames.ts'
import type { EmbeddedRun } from '../sphereFrames.ts'
import { clusterNames } from './clusterNames.ts'
import type { NamedImages } from './clusterNames.ts'
import { louvain } from './louvain.ts'
import { matchClusters } from './matchClusters.ts'
import { measureClusters } from './measureClusters.ts'
import { sphericalKMeans } from './sphericalKMeans.ts'
import { readGrouping, relatedGrouping, storeGrouping } from './storedGroupings.ts'

/**
 * Groups the images of an epoch, and measures and names the groups. The groups themselves are kept in
 * the run's folder (`sphere/clusters-<method>-<epoch>.json`), their numbers matched with the groups of
 * the nearest epoch that has some by the same method, or else by another.
 *
 * @param images of the run, in the order of its rows
 * @returns null if the epoch has no embedding
 * @throws the signal's reason when it is aborted
 */
export async function clusterEpoch(
  embedded: EmbeddedRun,
  request: { readonly epoch: number; readonly method: ClusterMethod; readonly images: NamedImages },
  options: PictureOptions,
): Promise<Clustering | null> {
  const { epoch, method, images } = request
  const rows = await readEmbeddingOf(embedded, epoch)
  if (!rows) return null
  const fingerprint = fingerprintOf(rows)
  const place = { runFolder: embedded.runFolder, epoch, method }
  let grouping = await readGrouping(place, fingerprint)
  if (!grouping) {
    const clusters = await groupsOf(rows, fingerprint, method, options)
    const earlier = await relatedGrouping(place, clusters.length)
    grouping = matchClusters(
      clusters,
      earlier?.numbers ?? new Int32Array(clusters.length).fill(-1),
      earlier?.nextNumber ?? 0,
    )
    await storeGrouping(place, { ...grouping, fingerprint })
  }
  return describe(embedded, rows, grouping.numbers, { epoch, method, images })
}

async function groupsOf(
  rows: Rows,
  fingerprint: string,
  method: ClusterMethod,
  { neighbours, signal, onProgress }: PictureOptions,
): Promise<Int32Array> {
  const { data, dim } = rows
  const finite = finiteRows(data, data.length / Math.max(dim, 1), dim)
  const clusters = new Int32Array(data.length / Math.max(dim, 1)).fill(-1)
  if (method.kind === 'k-means') {
    const found = await sphericalKMeans(pack(data, dim, finite), {
      dim,
      k: method.k,
      signal,
      onProgress: (share) => onProgress('clusters', share),
    })
    finite.forEach((row, i) => (clusters[row] = found[i] as number))
    return clusters
  }
  const nearest = await neighbours.of(rows, fingerprint, {
    signal,
    onProgress: (share) => onProgress('nearest', share),
  })
  onProgress('clusters', 0)
  const found = louvain(affinitiesOf(nearest), method.resolution)
  for (const row of finite) clusters[row] = found[row] as number
  return clusters
}

function describe(
  { run, ids }: EmbeddedRun,
  { data, dim }: Rows,
  numbers: Int32Array,
  { epoch, method, images }: Parameters<typeof clusterEpoch>[1],
): Clustering {
  const used = bySize(numbers)
  const places = new Map(used.map((number, place) => [number, place]))
  const fit = measureClusters(
    data,
    dim,
    numbers.map((number) => places.get(number) ?? -1),
  )
  const names = clusterNames(
    fit.clusters.map(({ rows }) => rows),
    images,
  )
  const idsOf = (rows: Int32Array): Int32Array => rows.map((row) => ids[row] ?? 0)
  const grouped = numbers.filter((number) => number >= 0).length
  return {
    run,
    epoch,
    method,
    ids,
    numbers,
    cosines: fit.cosines,
    silhouettes: fit.silhouettes,
    silhouette: fit.silhouettes.reduce((sum, value) => sum + value, 0) / Math.max(grouped, 1),
    clusters: fit.clusters.map(({ rows, medoid, nearest, outliers, ...measures }, place) => ({
      ...measures,
      ...(names[place] ?? { name: null, label: null, purity: null }),
      number: used[place] ?? 0,
      size: rows.length,
      prototype: ids[medoid] ?? 0,
      nearest: nearest === null ? null : (used[nearest] ?? null),
      outliers: idsOf(outliers),
    })),
  }
}

/** Numbers in use, of the largest cluster first. */
function bySize(numbers: Int32Array): readonly number[] {
  const sizes = new Map<number, number>()
  for (const number of numbers) if (number >= 0) sizes.set(number, (sizes.get(number) ?? 0) + 1)
  return Array.from(sizes)
    .sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || a - b)
    .map(([number]) => number)
}
