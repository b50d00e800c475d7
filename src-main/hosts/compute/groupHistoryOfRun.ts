import { groupMoment } from '../../analysis/clusters/groupMoment.ts'
import type { GroupMoment } from '../../analysis/clusters/groupMoment.ts'
import { readEmbedding } from '../../analysis/sphereFrames.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { GroupHistory, GroupHistoryRequest } from '../../contract/groupHistory.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { historyEpochs } from './historyEpochs.ts'

/**
 * How two sets of images fared over the stored epochs of a run. An image of both counts for neither.
 *
 * @throws WorkbenchError `not-found` where the run has no image of one of them, or no embedding
 */
export async function groupHistoryOfRun({
  run,
  runFolder,
  first,
  second,
}: GroupHistoryRequest & { readonly runFolder: string }): Promise<GroupHistory> {
  const [{ ids }, epochs] = await Promise.all([
    readRunImages(runFolder),
    historyEpochs(run, runFolder),
  ])
  const sides = [new Set(first), new Set(second)]
  const groups = ids.map((id) => {
    const [isFirst, isSecond] = sides.map((side) => side.has(id))
    return isFirst === isSecond ? -1 : isFirst ? 0 : 1
  })
  for (const [group, word] of ['first', 'second'].entries())
    if (!groups.includes(group))
      throw new WorkbenchError('not-found', `Run ${run} has no image of the ${word} set alone.`)
  const moments: (GroupMoment & { readonly epoch: number })[] = []
  for (const epoch of epochs) {
    const moment = groupMoment(await readEmbedding(runFolder, epoch), groups)
    if (Number.isFinite(moment.cosine)) moments.push({ epoch, ...moment })
  }
  return {
    run,
    epochs: Int32Array.from(moments, ({ epoch }) => epoch),
    cosines: Float32Array.from(moments, ({ cosine }) => cosine),
    toldApart: Float32Array.from(moments, ({ toldApart }) => toldApart),
  }
}
