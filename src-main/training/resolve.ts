import type { LossEntry, Regime } from '../contract/catalogue.ts'
import type { EngineKind } from '../contract/engines.ts'
import { reasonAgainst } from '../contract/combinations.ts'
import { WorkbenchError } from '../contract/errors.ts'
import { runConfigVersion } from '../contract/runConfig.ts'
import type { ImportedNetwork } from '../contract/network.ts'
import type { RunConfig, RunRequest, RunSettings } from '../contract/runs.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { minerCatalogue } from '../losses/miners/catalogue.ts'
import { placeLayers } from '../model/network.ts'
import type { ImageFacts } from './facts.ts'
import { backboneIn } from './importRequested.ts'
import { networkOf } from './networkOf.ts'
import { viewsOf } from './views.ts'
import { resolveParameters } from './parameters.ts'
import { combinationRules } from './rules.ts'
import { settingsCatalogue } from './settings.ts'
import { checkSuspectSettings } from './suspectSettings.ts'

/**
 * The complete configuration of a run: what was asked for, and the regime's defaults for the rest.
 * Pure: the same arguments give the same configuration.
 *
 * @param known.facts of all images; where they are missing, `epochs` takes the catalogue's default
 * @param known.imported the backbone that `importRequested` read for this request
 * @throws WorkbenchError `bad-request` that says what was found and what was expected
 */
export function resolveRunConfig(
  request: RunRequest,
  engine: EngineKind,
  { facts, imported }: { readonly facts?: ImageFacts; readonly imported?: ImportedNetwork } = {},
): RunConfig {
  const { regime } = request
  const values = resolveParameters(settingsCatalogue, request.settings, { regime, owner: 'a run' })
  const asked = { ...(values as unknown as RunSettings), backbone: backboneIn(request) }
  const settings = adapted(asked, request, { facts, imported })
  const miner = minerOf(request)
  const loss = lossIn(request)
  checkCombination({ regime, loss, miner, settings })
  checkTogether(settings, imported)
  checkSuspectSettings(settings)
  const config = { version: runConfigVersion, regime, engine, loss, miner, settings } as const
  return settings.backbone === 'imported' && imported ? { ...config, imported } : config
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
  {
    facts,
    imported,
  }: { readonly facts: ImageFacts | undefined; readonly imported: ImportedNetwork | undefined },
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
  const memoryWarmup =
    asked['memoryWarmup'] === undefined
      ? Math.min(settings.memoryWarmup, Math.floor(epochs / 4))
      : settings.memoryWarmup
  const imageSize =
    settings.backbone === 'imported' && imported ? imported.size : settings.imageSize
  return { ...settings, imageSize, epochs, warmupEpochs, imagesPerLabel, memoryWarmup }
}

function lossIn({ loss, regime }: RunRequest): RunConfig['loss'] {
  const [first, ...added] = [loss, ...(loss.plus ?? [])].map(({ name, params }) => {
    const { parameters } = lossNamed(name)
    return {
      name,
      params: resolveParameters(parameters, params, { regime, owner: `the loss ${name}` }),
    }
  })
  if (!first) throw new TypeError('a request without a loss')
  const plus = added.map((choice, i) => ({ ...choice, weight: loss.plus?.[i]?.weight ?? 1 }))
  for (const { name, weight } of plus)
    if (!(weight > 0 && weight <= 1000))
      throw new WorkbenchError(
        'bad-request',
        `the weight of the loss ${name} is ${weight}, but must be greater than 0 and at most 1000`,
      )
  return plus.length > 0 ? { ...first, plus } : first
}

function lossNamed(name: string): LossEntry {
  const entry = lossCatalogue.find((loss) => loss.name === name)
  if (!entry) {
    const known = lossCatalogue.map((loss) => loss.name).join(', ')
    throw new WorkbenchError('bad-request', `there is no loss ${name}; there are ${known}`)
  }
  return entry
}

function minerOf({ miner, regime }: RunRequest): RunConfig['miner'] {
  if (!miner || miner.name === 'none') return null
  const entry = minerCatalogue.find(({ name }) => name === miner.name)
  if (!entry) {
    const known = minerCatalogue.map(({ name }) => name).join(', ')
    throw new WorkbenchError('bad-request', `there is no miner ${miner.name}; there are ${known}`)
  }
  const owner = `the miner ${entry.name}`
  const params = resolveParameters(entry.parameters, miner.params, { regime, owner })
  const { positives, negatives } = params
  if (positives === 'semihard' && (negatives === 'semihard' || negatives === 'all'))
    throw new WorkbenchError(
      'bad-request',
      `positives is semihard, but then negatives must be hard or easy, not ${negatives}: semi-hard ` +
        'means nearer than the one negative',
    )
  if (negatives === 'semihard' && positives === 'all')
    throw new WorkbenchError(
      'bad-request',
      'negatives is semihard, but then positives must be hard or easy, not all: semi-hard means ' +
        'farther than the one positive',
    )
  return { name: entry.name, params }
}

/** Parts that do not go together are refused with the rule's own words. */
function checkCombination(config: Pick<RunConfig, 'regime' | 'loss' | 'miner' | 'settings'>): void {
  const { regime, loss, miner, settings } = config
  for (const [i, { name }] of [loss, ...(loss.plus ?? [])].entries()) {
    const reason = reasonAgainst(combinationRules, {
      regime,
      loss: name,
      sampler: settings.sampler,
      miner: miner?.name ?? 'none',
      memory: settings.memorySize > 0 ? settings.memoryKind : 'none',
      // A schedule is the first loss's; the others keep theirs.
      temperatureSchedule: i === 0 ? settings.temperatureSchedule : 'constant',
    })
    if (reason !== null) throw new WorkbenchError('bad-request', reason)
  }
}

/** Limits that settings put on each other. */
function checkTogether(settings: RunSettings, imported: ImportedNetwork | undefined): void {
  const { backbone, imageSize, depth, batchSize, imagesPerLabel, warmupEpochs, epochs } = settings
  const halvings = Math.floor(Math.log2(imageSize))
  if (backbone === 'cnn' && depth > halvings)
    throw new WorkbenchError(
      'bad-request',
      `depth is ${depth}, but an image of ${imageSize} px can be halved only ${halvings} times`,
    )
  if (backbone === 'imported' && !imported)
    throw new WorkbenchError(
      'bad-request',
      'The backbone is to come from a file, and none is named. Name the model.json of a TensorFlow.js ' +
        'model, or choose another backbone.',
    )
  placeLayers(networkOf(settings, imported))
  const goesByLabel = settings.sampler !== 'uniform' && settings.sampler !== 'distinct'
  if (goesByLabel && imagesPerLabel > batchSize / 2)
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
  if (settings.memorySize > 0 && settings.memoryWarmup >= epochs)
    throw new WorkbenchError(
      'bad-request',
      `memoryWarmup is ${settings.memoryWarmup}, but must be less than the ${epochs} epochs of the ` +
        'run, or the memory never begins',
    )
}
