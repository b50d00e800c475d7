import { readEmbedding } from '../../analysis/sphereFrames.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { loadCheckpointOf, loadLastCheckpoint } from '../../training/checkpoint.ts'
import { openEpochLoss } from '../../training/lossOfEpoch/epochLoss.ts'
import type { EpochLoss } from '../../training/lossOfEpoch/epochLoss.ts'
import { readRunConfig } from '../../training/runFolder.ts'

/**
 * The loss of a run on the stored embedding of an epoch.
 *
 * @throws WorkbenchError `not-found` for an epoch without an embedding
 */
export async function openLossOfRun(
  { runFolder, epoch }: RunPlace & { readonly epoch: number },
  images: TrainingImages,
): Promise<EpochLoss> {
  const { data: rows, dim } = await readEmbedding(runFolder, epoch)
  const checkpoint = await loadCheckpointOf(runFolder, epoch)
  const last = checkpoint ?? (await loadLastCheckpoint(runFolder))
  const config = await readRunConfig(runFolder)
  return openEpochLoss({ config, images, epoch, rows, dim, checkpoint, last })
}
