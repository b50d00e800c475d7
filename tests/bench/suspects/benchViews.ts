import { join } from 'node:path'
import type { Rows } from '../../../src-main/analysis/neighbours.ts'
import type { TrainingImages } from '../../../src-main/contract/compute.ts'
import { createAugmenter } from '../../../src-main/data/augment.ts'
import { augmentationOf } from '../../../src-main/data/augmentation.ts'
import { openPixels } from '../../../src-main/data/pixels.ts'
import { createEncoder } from '../../../src-main/model/createEncoder.ts'
import { dimOf } from '../../../src-main/model/network.ts'
import { weightsFrom } from '../../../src-main/model/weights.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { loadEpochWeights } from '../../../src-main/training/checkpoint.ts'
import { embedViews } from '../../../src-main/training/embedViews.ts'
import { networkOf } from '../../../src-main/training/networkOf.ts'
import { pixelRowDim, pixelRows } from '../../../src-main/training/pixelRows.ts'
import type { BenchRun } from './trainOn.ts'

/** What the baselines look at: random views under the last weights of a run, and the pixels. */
export async function baselineRows(
  folder: string,
  { config, runFolder }: BenchRun,
  images: TrainingImages,
  views: number,
): Promise<{ readonly views: readonly Rows[]; readonly pixels: Rows }> {
  const { settings, regime } = config
  const last = await loadEpochWeights(runFolder)
  if (!last) throw new Error(`${runFolder} has no checkpoint`)
  const network = networkOf(settings)
  const size = settings.imageSize
  const pixels = await openPixels({ folder: join(folder, 'pixels'), size, images })
  const pixelsOf = (image: number) => pixels.pixelsOf(image)
  const engine = await openEngine('native')
  const encoder = createEncoder(engine, network, weightsFrom(network, last.weights))
  try {
    const dim = dimOf(network)
    const embedded = await embedViews({
      encoder,
      augmenter: createAugmenter({
        sourceSize: size,
        targetSize: size,
        recipe: augmentationOf(regime, settings.augmentation, settings.flip),
        input: network.input,
      }),
      pixelsOf,
      images: images.ids.length,
      dim,
      imageLength: size * size * 3,
      views,
      seed: 1,
    })
    const rows = pixelRows({ images: images.ids.length, size, pixelsOf })
    return {
      views: embedded.map((data) => ({ data, dim })),
      pixels: { data: rows, dim: pixelRowDim },
    }
  } finally {
    encoder.dispose()
    engine.dispose()
    pixels.dispose()
  }
}
