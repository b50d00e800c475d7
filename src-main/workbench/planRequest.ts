import type { TrainingImages } from '../contract/compute.ts'
import type { EngineKind } from '../contract/engines.ts'
import type { RunConfig, RunRequest } from '../contract/runs.ts'
import { splitImages } from '../data/splits.ts'
import { checkRun, checkTrainingPart } from '../training/checkRun.ts'
import { factsOf, factsOfSome } from '../training/facts.ts'
import { resolveRunConfig } from '../training/resolve.ts'

/**
 * The complete configuration of what a person asks for, when these images can be trained on with it.
 *
 * @throws WorkbenchError `bad-request` that says what is missing and what to do
 */
export function planRequest(
  request: RunRequest,
  engine: EngineKind,
  images: TrainingImages,
): RunConfig {
  const { labels, labelNames, hashes } = images
  const facts = factsOf(labels)
  const config = resolveRunConfig(request, engine, facts)
  checkRun(config, facts)
  const { split: kind, holdout, seed } = config.settings
  const split = splitImages({
    labels,
    labelCount: labelNames.length,
    hashes,
    kind,
    holdout,
    seed,
  })
  checkTrainingPart(config, factsOfSome(labels, split.training))
  return config
}
