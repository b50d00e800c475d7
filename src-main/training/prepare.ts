import type { TrainRequest } from '../contract/compute.ts'
import type { RunEventBody } from '../contract/runs.ts'
import { createAugmenter } from '../data/augment.ts'
import { augmentationOf } from '../data/augmentation.ts'
import { openPixels } from '../data/pixels.ts'
import type { Pixels } from '../data/pixels.ts'
import { splitImages } from '../data/splits.ts'
import type { ImageSplit } from '../data/splits.ts'
import { createEncoder } from '../model/createEncoder.ts'
import type { Encoder } from '../model/encoder.ts'
import { dimOf, featureDimOf } from '../model/network.ts'
import { createWeights, weightsFrom } from '../model/weights.ts'
import type { EngineContext } from '../numeric/engines/context.ts'
import { contentsOf, createBatchFiller } from './batches.ts'
import type { BatchFiller } from './batches.ts'
import { checkContents, checkRun, checkTrainingPart } from './checkRun.ts'
import type { Checkpoint } from './checkpoint.ts'
import { withNamedFailures } from './engineFailure.ts'
import { createImageEmbedder } from './embedImages.ts'
import type { ImageEmbedder } from './embedImages.ts'
import { factsOf, factsOfSome } from './facts.ts'
import type { ImageFacts } from './facts.ts'
import { createLossStage } from './lossStage.ts'
import type { LossStage } from './lossStage.ts'
import { arraysUnder, openLossState } from './lossState.ts'
import type { LossState } from './lossState.ts'
import { networkOf } from './networkOf.ts'
import { createOptimizer, groupsOf } from './optimizers/createOptimizer.ts'
import type { Optimizer } from './optimizers/optimizer.ts'
import { createWeightAverage } from './optimizers/weightAverage.ts'
import type { WeightAverage } from './optimizers/weightAverage.ts'
import { judgedPairs } from './judgedPairs.ts'
import { createSampling } from './sampling.ts'
import type { Sampling } from './sampling.ts'
import { createSuspectStage } from './suspectStage.ts'
import { createStartWeights } from './startWeights.ts'
import type { SuspectStage } from './suspectStage.ts'
import type { TrainingHooks } from './trainingHooks.ts'

/** What training looks at: chosen before anything is decoded. */
export interface Plan {
  readonly split: ImageSplit
  readonly training: ImageFacts
  readonly heldOut: ImageFacts
  readonly sampling: Sampling
}

/** @throws WorkbenchError `bad-request` when these images cannot be trained on */
export function planRun({ config, images }: Pick<TrainRequest, 'config' | 'images'>): Plan {
  checkRun(config, factsOf(images.labels))
  const { split: kind, holdout, seed } = config.settings
  const split = splitImages({
    labels: images.labels,
    labelCount: images.labelNames.length,
    hashes: images.twins ?? images.hashes,
    hands: images.splits,
    kind,
    holdout,
    seed,
  })
  const training = factsOfSome(images.labels, split.training)
  checkTrainingPart(config, training)
  checkContents(config, images.hashes, split.training)
  return {
    split,
    training,
    heldOut: factsOfSome(images.labels, split.heldOut),
    sampling: createSampling(config, images, split.training),
  }
}

/** Everything that steps and embeddings work with. */
export interface Session {
  readonly pixels: Pixels
  readonly encoder: Encoder
  readonly optimizer: Optimizer
  /** Null where the run embeds with the weights themselves. */
  readonly average: WeightAverage | null
  /** What the loss carries from step to step. */
  readonly lossState: LossState
  readonly lossStage: LossStage
  readonly suspects: SuspectStage
  readonly filler: BatchFiller
  readonly embedder: ImageEmbedder
  readonly dim: number
}

/**
 * Decodes pixels, and makes or restores network and optimizer.
 *
 * @throws WorkbenchError `cancelled` when the signal aborts
 */
export async function prepareRun(
  request: TrainRequest,
  engine: EngineContext,
  options: {
    readonly emit: (event: RunEventBody) => void
    readonly signal: AbortSignal
    /** Where to go on from; null for a new run. */
    readonly checkpoint: Checkpoint | null
    readonly plan: Plan
    readonly findSuspects: TrainingHooks['findSuspects']
  },
): Promise<Session> {
  const { config, images } = request
  const { regime, settings } = config
  const { emit, signal, checkpoint, plan, findSuspects } = options
  const network = networkOf(settings, config.imported)
  const weights = checkpoint
    ? weightsFrom(network, checkpoint.weights)
    : await createStartWeights(request.runFolder, network, config)
  const optimizer = createOptimizer(settings, groupsOf(weights.specs), checkpoint?.slots)
  const average = createWeightAverage(settings, weights, checkpoint?.average ?? undefined)

  const pixels = await openPixels({
    folder: request.pixelsFolder,
    size: sourceSizeOf(settings.imageSize),
    images: { hashes: images.hashes, paths: images.paths },
    onProgress: (done, total) => emit({ kind: 'preparing', what: 'pixels', done, total }),
    signal,
  })
  const augmenter = createAugmenter({
    sourceSize: pixels.size,
    targetSize: settings.imageSize,
    recipe: augmentationOf(regime, settings.augmentation, settings.flip),
    input: network.input,
  })
  const common = {
    imageLength: settings.imageSize ** 2 * 3,
    pixelsOf: (image: number) => pixels.pixelsOf(image),
    augmenter,
  }
  const dim = dimOf(network)
  const { index, stepsPerEpoch } = plan.sampling
  const lossState = openLossState({
    config,
    index,
    dim,
    openEncoder: () => createEncoder(engine, network, createWeights(network, settings.seed)),
    saved: checkpoint?.more ?? {},
  })
  const contents = contentsOf(images.hashes)
  const suspects = createSuspectStage(
    { settings, regime, images: plan.split.training, find: findSuspects },
    arraysUnder(checkpoint?.more ?? {}, 'suspects'),
  )
  const verdicts = judgedPairs(config, images.verdicts ?? [], contents)
  return {
    pixels,
    encoder: withNamedFailures(createEncoder(engine, network, weights), engine),
    optimizer,
    average,
    lossState,
    lossStage: createLossStage({ config, dim, stepsPerEpoch, suspects, verdicts, ...lossState }),
    suspects,
    filler: createBatchFiller({
      ...common,
      regime,
      seed: settings.seed,
      batchSize: settings.batchSize,
      labels: index.labels,
      contents,
    }),
    embedder: createImageEmbedder({
      ...common,
      images: images.ids.length,
      dim,
      featureDim: featureDimOf(network),
    }),
    dim,
  }
}

/** Side of the cached pixels that views are cut from, px. */
function sourceSizeOf(imageSize: number): number {
  return imageSize
}
