import { readEmbedding } from '../../analysis/sphereFrames.ts'
import { pairFamily, pairMoment } from '../../analysis/suspects/pairHistory.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { PairHistory, PairHistoryRequest } from '../../contract/pairHistory.ts'
import { readRunConfig } from '../../training/runFolder.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { historyEpochs } from './historyEpochs.ts'
import { runTemperature } from './runTemperature.ts'

/**
 * How a pair fared over the stored epochs of a run.
 *
 * @throws WorkbenchError `not-found` for images that the run does not have, or a run without embeddings
 */
export async function pairHistoryOfRun({
  run,
  runFolder,
  first,
  second,
}: PairHistoryRequest & { readonly runFolder: string }): Promise<PairHistory> {
  const [{ ids }, config, epochs] = await Promise.all([
    readRunImages(runFolder),
    readRunConfig(runFolder),
    historyEpochs(run, runFolder),
  ])
  const places = [first, second].map((id) => ids.indexOf(id))
  const [a = -1, b = -1] = places
  if (a < 0 || b < 0)
    throw new WorkbenchError('not-found', `Run ${run} has no image ${a < 0 ? first : second}.`)
  const { temperature } = runTemperature(config)
  const cosines = new Float32Array(epochs.length)
  const pushShares = new Float32Array(epochs.length)
  for (const [i, epoch] of epochs.entries()) {
    const { data, dim } = await readEmbedding(runFolder, epoch)
    const moment = pairMoment(data, { dim, first: a, second: b, temperature })
    cosines[i] = moment.cosine
    pushShares[i] = moment.pushShare
  }
  return {
    run,
    first,
    second,
    epochs: Int32Array.from(epochs),
    cosines,
    pushShares,
    temperature,
    family: pairFamily(cosines),
  }
}
