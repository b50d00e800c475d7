import type { ClusterRequest } from '../../contract/clusters.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { PictureOptions } from '../neighbourFrames.ts'
import type { EmbeddedRun } from '../sphereFrames.ts'
import { applySplits } from './applySplits.ts'
import { graphOf, groupEpoch } from './groupEpoch.ts'
import { partsOf } from './partsOf.ts'
import { relatedGrouping } from './storedGroupings.ts'
import { readSplits, storeSplits } from './storedSplits.ts'

/**
 * Cuts a cluster into the parts that it falls into, for all epochs and methods of the run.
 *
 * @returns whether the epoch has an embedding
 * @throws WorkbenchError `not-found` where the epoch has no such cluster, `bad-request` where nothing
 *   tells its images apart; the signal's reason when it is aborted
 */
export async function splitCluster(
  embedded: EmbeddedRun,
  { epoch, method, cluster }: Omit<ClusterRequest, 'run'> & { readonly cluster: number },
  options: PictureOptions,
): Promise<boolean> {
  const grouped = await groupEpoch(embedded, { epoch, method }, options)
  if (!grouped) return false
  const { rows, fingerprint } = grouped
  const { runFolder } = embedded
  const known = await readSplits(runFolder)
  const { numbers } = applySplits(rows, grouped.numbers, known.splits)
  const members = Int32Array.from(numbers.keys()).filter((row) => numbers[row] === cluster)
  if (members.length === 0)
    throw new WorkbenchError('not-found', `Epoch ${epoch} has no cluster ${cluster}.`)
  const graph = await graphOf(rows, fingerprint, options)
  options.onProgress('clusters', 0)
  const parts = await partsOf(rows, members, graph, options.signal)
  if (parts === null)
    throw new WorkbenchError(
      'bad-request',
      members.length === 1
        ? 'This cluster is a single image: it has no parts.'
        : `All ${members.length} images of this cluster lie at one place: nothing tells them apart.`,
    )
  const related = await relatedGrouping({ runFolder, epoch, method }, numbers.length)
  const first = Math.max(known.nextNumber, related?.nextNumber ?? 0)
  const count = parts.reduce((most, part) => Math.max(most, part + 1), 0)
  const split = {
    of: cluster,
    parts: Array.from({ length: count }, (_, part) => ({
      number: first + part,
      rows: members.filter((_row, i) => parts[i] === part),
    })),
  }
  await storeSplits(runFolder, { nextNumber: first + count, splits: [...known.splits, split] })
  return true
}

/**
 * Takes a cut back, and those of its parts.
 *
 * @param cluster the number of the cluster that was cut
 * @throws WorkbenchError `not-found` where it was not
 */
export async function joinCluster(runFolder: string, cluster: number): Promise<void> {
  const { nextNumber, splits } = await readSplits(runFolder)
  if (splits.every(({ of }) => of !== cluster))
    throw new WorkbenchError('not-found', `Cluster ${cluster} of this run was not split.`)
  const gone = new Set([cluster])
  // Parts are cut after what they are parts of.
  for (const { of, parts } of splits)
    if (gone.has(of)) for (const { number } of parts) gone.add(number)
  await storeSplits(runFolder, { nextNumber, splits: splits.filter(({ of }) => !gone.has(of)) })
}
