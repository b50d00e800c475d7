import type { Rows } from '../../analysis/neighbours.ts'
import { openRowProducts } from '../../analysis/rowProducts.ts'
import type { RowProducts } from '../../analysis/rowProducts.ts'
import { readEmbedding } from '../../analysis/sphereFrames.ts'
import { Detector } from '../../analysis/suspects/detector.ts'
import { readFeatures } from '../../analysis/suspects/storedFeatures.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { RunConfig, RunId } from '../../contract/runs.ts'
import { pixelRowDim, pixelRows } from '../../training/pixelRows.ts'
import { readRunConfig } from '../../training/runFolder.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { cachedPixels, viewsOfRun } from './runViews.ts'
import { storedEpochs } from './storedEpochs.ts'

/** What is asked of a run besides its embedding. */
interface Needs {
  /** The pictures themselves, small and centred. */
  readonly pixels: boolean
  /** Embeddings of random views, which only the last checkpoint can make. */
  readonly views: boolean
}

/** A run that is ready to be looked through for suspects. */
export interface RunDetector {
  readonly run: RunId
  readonly epoch: number
  readonly config: RunConfig
  readonly images: TrainingImages
  readonly detector: Detector
  readonly products: RowProducts
  /** Cached pixels; null where they cannot be had any more. */
  readonly pixelsOf: ((image: number) => Uint8Array) | null
  /** Small pictures, centred; null where they were not asked for or cannot be had. */
  readonly pixelRows: Rows | null
  /** What was taken for granted, in sentences. */
  readonly assumptions: readonly string[]
  /** Callable twice. */
  dispose(): void
}

/** The first view is what an in-batch rule sees; FNC looks with four more. */
const viewCount = 5

/**
 * Opens an epoch of a run.
 *
 * @param epoch null for the last one that has an embedding
 * @throws WorkbenchError `bad-request` for a run or an epoch without an embedding
 */
export async function openRunDetector(
  place: RunPlace,
  epoch: number | null,
  needs: Needs,
): Promise<RunDetector> {
  const { run, runFolder } = place
  const config = await readRunConfig(runFolder)
  const images = await readRunImages(runFolder)
  const chosen = await embeddedEpoch(place, epoch)
  const embedding = await readEmbedding(runFolder, chosen)
  const features = await readFeatures(runFolder, chosen)
  const products = await openRowProducts()
  const pixels = await cachedPixels(place, config, images)
  const pixelsOf = pixels && ((image: number) => pixels.pixelsOf(image))
  try {
    const count = images.ids.length
    const small =
      needs.pixels && pixels && pixelsOf
        ? { data: pixelRows({ images: count, size: pixels.size, pixelsOf }), dim: pixelRowDim }
        : null
    const views =
      needs.views && pixelsOf
        ? await viewsOfRun(place, { config, pixelsOf, count, views: viewCount, epoch: chosen })
        : null
    return {
      run,
      epoch: chosen,
      config,
      images,
      products,
      pixelsOf,
      pixelRows: small,
      detector: new Detector({ embedding, features, pixels: small, views }, products),
      assumptions: [
        `Images as they are, without augmentation, embedded in evaluation mode after epoch ${chosen}.`,
        features
          ? 'Looked at by features and embedding together.'
          : `Looked at by the embedding alone, since the features of epoch ${chosen} were not kept: ` +
            'only those of the last two epochs are. They would find more.',
        ...(pixels
          ? []
          : [
              'The pixels of some images are gone: near duplicates are not told apart from suspects.',
            ]),
      ],
      dispose: () => {
        products.dispose()
        pixels?.dispose()
      },
    }
  } catch (error) {
    products.dispose()
    pixels?.dispose()
    throw error
  }
}

/** An epoch that has an embedding. @throws WorkbenchError `bad-request` */
async function embeddedEpoch({ run, runFolder }: RunPlace, epoch: number | null): Promise<number> {
  const epochs = await storedEpochs(runFolder)
  const last = epochs.at(-1)
  if (last === undefined)
    throw new WorkbenchError(
      'bad-request',
      `Run ${run} has no embedding yet. Wait until its first epoch is done, or go on with it.`,
    )
  if (epoch === null || epochs.includes(epoch)) return epoch ?? last
  throw new WorkbenchError(
    'bad-request',
    `Run ${run} has no embedding of epoch ${epoch}; it has those of ${epochs[0]} to ${last}.`,
  )
}
