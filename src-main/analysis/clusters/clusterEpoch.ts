import type { Clustering, ClusterRequest } from '../../contract/clusters.ts'
import type { PictureOptions } from '../neighbourFrames.ts'
import type { Rows } from '../neighbours.ts'
import type { EmbeddedRun } from '../sphereFrames.ts'
import { applySplits } from './applySplits.ts'
import { bySize } from './bySize.ts'
import { clusterNames } from './clusterNames.ts'
import type { NamedImages } from './clusterNames.ts'
import { groupEpoch } from './groupEpoch.ts'
import { measureClusters } from './measureClusters.ts'
import { readSplits } from './storedSplits.ts'

type EpochRequest = Omit<ClusterRequest, 'run'> & {
  /** Of the run, in the order of its rows. */
  readonly images: NamedImages
}

/**
 * Groups the images of an epoch, cuts the groups that somebody cut, and measures and names what there is
 * then.
 *
 * @returns null if the epoch has no embedding
 * @throws the signal's reason when it is aborted
 */
export async function clusterEpoch(
  embedded: EmbeddedRun,
  request: EpochRequest,
  options: PictureOptions,
): Promise<Clustering | null> {
  const grouped = await groupEpoch(embedded, request, options)
  if (!grouped) return null
  const { splits } = await readSplits(embedded.runFolder)
  return describe(
    embedded,
    grouped.rows,
    applySplits(grouped.rows, grouped.numbers, splits),
    request,
  )
}

function describe(
  { run, ids }: EmbeddedRun,
  { data, dim }: Rows,
  { numbers, splitFrom }: ReturnType<typeof applySplits>,
  { epoch, method, images }: EpochRequest,
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
      splitFrom: splitFrom.get(used[place] ?? -1) ?? null,
      size: rows.length,
      prototype: ids[medoid] ?? 0,
      nearest: nearest === null ? null : (used[nearest] ?? null),
      outliers: idsOf(outliers),
    })),
  }
}
