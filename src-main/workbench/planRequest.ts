import type { TrainingImages } from '../contract/compute.ts'
import type { EngineKind } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { ImportedNetwork } from '../contract/network.ts'
import type { RunConfig, RunRequest } from '../contract/runs.ts'
import { splitImages } from '../data/splits.ts'
import { checkMemory } from '../training/checkMemory.ts'
import { checkContents, checkRun, checkTrainingPart } from '../training/checkRun.ts'
import { factsOf, factsOfSome } from '../training/facts.ts'
import { resolveRunConfig } from '../training/resolve.ts'

/**
 * The complete configuration of what a person asks for, when these images can be trained on with it.
 *
 * @param given.imported the backbone that was read for it, if it wants one from a file
 * @param given.freeBytes memory that a process may still take
 * @throws WorkbenchError `bad-request` that says what is missing and what to do
 */
export function planRequest(
  request: RunRequest,
  engine: EngineKind,
  {
    images,
    imported,
    freeBytes,
  }: {
    readonly images: TrainingImages
    readonly imported: ImportedNetwork | undefined
    readonly freeBytes: number
  },
): RunConfig {
  const { labels, labelNames, hashes, twins, splits } = images
  const facts = factsOf(labels)
  const config = resolveRunConfig(request, engine, { facts, ...(imported && { imported }) })
  checkRun(config, facts)
  const { split: kind, holdout, seed } = config.settings
  const split = splitImages({
    labels,
    labelCount: labelNames.length,
    hashes: twins ?? hashes,
    hands: splits,
    kind,
    holdout,
    seed,
  })
  const training = factsOfSome(labels, split.training)
  checkTrainingPart(config, training)
  checkContents(config, hashes, split.training)
  const fitting = withFittingBatch(config, request, training.images)
  checkMemory(fitting, { freeBytes, largestTensorBytes: null })
  return fitting
}

/** A batch that was asked for must be there; the usual one shrinks to what there is. */
function withFittingBatch(config: RunConfig, request: RunRequest, images: number): RunConfig {
  const { batchSize, imagesPerLabel, holdout } = config.settings
  if (batchSize <= images) return config
  if (request.settings['batchSize'] !== undefined)
    throw new WorkbenchError(
      'bad-request',
      `A batch of ${batchSize} images was asked for, but there are only ${images} images to train on` +
        `${holdout > 0 ? ` beside those held out` : ''}. Ask for a batch of ${images} or fewer, or add images.`,
    )
  const fitting = Math.min(imagesPerLabel, Math.floor(images / 2))
  return {
    ...config,
    settings: { ...config.settings, batchSize: images, imagesPerLabel: fitting },
  }
}
