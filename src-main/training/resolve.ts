import type { LossEntry, Regime } from '../contract/catalogue.ts'
import type { EngineKind } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig, RunRequest, RunSettings } from '../contract/runs.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { placeLayers } from '../model/network.ts'
import type { ImageFacts } from './facts.ts'
import { networkOf } from './networkOf.ts'
import { viewsOf } from './views.ts'
import { resolveParameters } from './parameters.ts'
import { settingsCatalogue } from './settings.ts'

/**
 * The complete configuration of a run: what was asked for, and the regime's defaults for the rest.
 * Pure: the same arguments give the same configuration.
 *
 * @param facts of all images; where they are missing, `epochs` takes the catalogue's default
 * @throws WorkbenchError `bad-request` that says what was found and what was expected
 */
export function resolveRunConfig(
  request: RunRequest,
  engine: EngineKind,
  facts?: ImageFacts,
): RunConfig {
  const { regime } = request
  const entry = lossNamed(request.loss.name, regime)
  const params = resolveParameters(entry.parameters, request.loss.params, {
    regime,
    owner: `the loss ${entry.name}`,
  })
  const values = resolveParameters(settingsCatalogue, request.settings, { regime, owner: 'a run' })
  const settings = adapted(values as unknown as RunSettings, request, facts)
  checkTogether(settings, regime)
  return { version: 1, regime, engine, loss: { name: entry.name, params }, settings }
}

/**
 * Epochs for a set of images: as many as show the network about {@link viewsToSee} views, between 20
 * and 100. Few images cannot teach more by being repeated without end, and many need to be seen a few
 * times each.
 *
 * @param training images that are not held out
 */
export function epochsFor(training: number, regime: Regime): number {
  const epochs = Math.round(viewsToSee / (Math.max(training, 1) * viewsOf(regime)))
  return Math.min(Math.max(epochs, 20), 100)
}

/** Seven to nine minutes at 32 px on two cores, the embedding of every epoch included. */
const viewsToSee = 250_000

/** Defaults that depend on the images or on what was asked for; what was asked for itself stays. */
function adapted(
  settings: RunSettings,
  { regime, settings: asked }: RunRequest,
  facts: ImageFacts | undefined,
): RunSettings {
  const training = facts && facts.images * (1 - settings.holdout)
  const epochs =
    asked['epochs'] === undefined && training !== undefined
      ? epochsFor(training, regime)
      : settings.epochs
  const warmupEpochs =
    asked['warmupEpochs'] === undefined
      ? Math.min(settings.warmupEpochs, Math.floor(epochs / 4))
      : settings.warmupEpochs
  const imagesPerLabel =
    asked['imagesPerLabel'] === undefined
      ? Math.min(settings.imagesPerLabel, Math.floor(settings.batchSize / 2))
      : settings.imagesPerLabel
  return { ...settings, epochs, warmupEpochs, imagesPerLabel }
}

function lossNamed(name: string, regime: Regime): LossEntry {
  const entry = lossCatalogue.find((loss) => loss.name === name)
  if (!entry) {
    const known = lossCatalogue.map((loss) => loss.name).join(', ')
    throw new WorkbenchError('bad-request', `there is no loss ${name}; there are ${known}`)
  }
  if (!entry.regimes.includes(regime))
    throw new WorkbenchError(
      'bad-request',
      `the loss ${name} is for ${entry.regimes.join(' and ')} learning, not for ${regime}`,
    )
  return entry
}

/** Limits that settings put on each other. */
function checkTogether(settings: RunSettings, regime: Regime): void {
  const { backbone, imageSize, depth, batchSize, imagesPerLabel, warmupEpochs, epochs } = settings
  const halvings = Math.floor(Math.log2(imageSize))
  if (backbone === 'cnn' && depth > halvings)
    throw new WorkbenchError(
      'bad-request',
      `depth is ${depth}, but an image of ${imageSize} px can be halved only ${halvings} times`,
    )
  placeLayers(networkOf(settings))
  if (regime === 'metric' && imagesPerLabel > batchSize / 2)
    throw new WorkbenchError(
      'bad-request',
      `imagesPerLabel is ${imagesPerLabel}, but a batch of ${batchSize} images must hold two ` +
        `labels or more: at most ${Math.floor(batchSize / 2)}`,
    )
  if (warmupEpochs > 0 && warmupEpochs >= epochs)
    throw new WorkbenchError(
      'bad-request',
      `warmupEpochs is ${warmupEpochs}, but must be less than the ${epochs} epochs of the run`,
    )
}
