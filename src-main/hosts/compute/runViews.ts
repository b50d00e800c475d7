import type { Rows } from '../../analysis/neighbours.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { RunConfig } from '../../contract/runs.ts'
import { createAugmenter } from '../../data/augment.ts'
import { augmentationOf } from '../../data/augmentation.ts'
import { openPixels } from '../../data/pixels.ts'
import type { Pixels } from '../../data/pixels.ts'
import { createEncoder } from '../../model/createEncoder.ts'
import { dimOf } from '../../model/network.ts'
import { weightsFrom } from '../../model/weights.ts'
import { openEngine } from '../../numeric/engines/ladder.ts'
import { loadEpochWeights } from '../../training/checkpoint.ts'
import { embedViews } from '../../training/embedViews.ts'
import { networkOf } from '../../training/networkOf.ts'

/** The pixels that a run was trained on; null where they cannot be had any more. */
export async function cachedPixels(
  { pixelsFolder }: RunPlace,
  { settings }: RunConfig,
  images: TrainingImages,
): Promise<Pixels | null> {
  try {
    return await openPixels({ folder: pixelsFolder, size: settings.imageSize, images })
  } catch (error) {
    // Images that are gone cost the pixels, not the answer.
    if (error instanceof WorkbenchError && error.code === 'io') return null
    throw error
  }
}

/**
 * Embeddings of random views, by the network as it was after the run's last whole epoch.
 *
 * @param options.pixelsOf of an image, 0 … count − 1
 * @returns one table a view, `[count, dim]`
 * @throws WorkbenchError `bad-request` for another epoch than the last
 */
export async function viewsOfRun(
  { run, runFolder }: RunPlace,
  options: {
    readonly config: RunConfig
    readonly pixelsOf: (image: number) => Uint8Array
    readonly count: number
    readonly views: number
    readonly epoch: number
  },
): Promise<readonly Rows[]> {
  const { config, pixelsOf, count, views, epoch } = options
  const { settings, regime } = config
  const last = await loadEpochWeights(runFolder)
  if (last?.epoch !== epoch)
    throw new WorkbenchError(
      'bad-request',
      `Random views can only be made with the last checkpoint of run ${run}, epoch ` +
        `${last?.epoch ?? 'none'}, not with epoch ${epoch}. Choose that epoch, or another method.`,
    )
  const network = networkOf(settings, config.imported)
  const size = settings.imageSize
  const engine = await openEngine(config.engine)
  const encoder = createEncoder(engine, network, weightsFrom(network, last.weights))
  try {
    const dim = dimOf(network)
    const recipe = augmentationOf(regime, settings.augmentation, settings.flip)
    const embedded = await embedViews({
      encoder,
      augmenter: createAugmenter({
        sourceSize: size,
        targetSize: size,
        recipe,
        input: network.input,
      }),
      pixelsOf,
      images: count,
      dim,
      imageLength: size * size * 3,
      views,
      seed: settings.seed,
    })
    return embedded.map((data) => ({ data, dim }))
  } finally {
    encoder.dispose()
    engine.dispose()
  }
}
