import type {
  Catalogue,
  LossEntry,
  NumberSpec,
  ParameterSpec,
  ParameterValues,
  Regime,
} from '../../src-main/contract/catalogue.ts'
import { reasonAgainst } from '../../src-main/contract/combinations.ts'
import type { EngineKind } from '../../src-main/contract/engines.ts'
import type { RunConfig, RunRequest } from '../../src-main/contract/runs.ts'

/** What a person has chosen; whatever they did not touch is missing and takes its default. */
export interface RunDraft {
  readonly regime: Regime
  readonly engine: 'auto' | EngineKind
  /** Null: the first loss of the regime. */
  readonly loss: string | null
  /** Further terms; their parameters are among those by loss. */
  readonly plus: readonly { readonly name: string; readonly weight: number }[]
  readonly settings: ParameterValues
  /** By loss, so that a look at another one loses nothing. */
  readonly lossParams: Readonly<Record<string, ParameterValues>>
  /** Null: none. */
  readonly miner: string | null
  /** By miner. */
  readonly minerParams: Readonly<Record<string, ParameterValues>>
}

export const freshDraft: RunDraft = {
  regime: 'contrastive',
  engine: 'auto',
  loss: null,
  plus: [],
  settings: {},
  lossParams: {},
  miner: null,
  minerParams: {},
}

/** Every value of an earlier run. */
export function draftOf({ regime, engine, loss, miner, settings }: RunConfig): RunDraft {
  const { plus = [] } = loss
  return {
    regime,
    engine,
    loss: loss.name,
    plus: plus.map(({ name, weight }) => ({ name, weight })),
    settings: { ...settings },
    lossParams: Object.fromEntries([loss, ...plus].map(({ name, params }) => [name, params])),
    miner: miner?.name ?? null,
    minerParams: miner ? { [miner.name]: miner.params } : {},
  }
}

/** Losses that can be run in a regime. */
function lossesOf(catalogue: Catalogue, regime: Regime): readonly LossEntry[] {
  return catalogue.losses.filter((loss) => reasonAgainstLoss(catalogue, regime, loss) === null)
}

/** Why a loss cannot be run in a regime; null if it can. */
export function reasonAgainstLoss(
  { rules }: Catalogue,
  regime: Regime,
  { name }: LossEntry,
): string | null {
  const anything = { sampler: '', miner: '', memory: '', temperatureSchedule: '' }
  return reasonAgainst(rules, { ...anything, regime, loss: name }, 'loss')
}

/** Null only where the catalogue has no loss for the regime. */
export function lossOf(catalogue: Catalogue, draft: RunDraft): LossEntry | null {
  const offered = lossesOf(catalogue, draft.regime)
  return offered.find(({ name }) => name === draft.loss) ?? offered[0] ?? null
}

export interface AddedEntry {
  readonly entry: LossEntry
  readonly weight: number
}

/** The further terms that the catalogue knows and the loss itself is not. */
export function addedLosses(catalogue: Catalogue, draft: RunDraft): readonly AddedEntry[] {
  const first = lossOf(catalogue, draft)
  return draft.plus.flatMap(({ name, weight }) => {
    const entry = catalogue.losses.find((loss) => loss.name === name)
    return entry === undefined || entry === first ? [] : [{ entry, weight }]
  })
}

/** Of a further term; its range is what the workbench takes. */
export const weightSpec: NumberSpec = {
  kind: 'number',
  name: 'weight',
  title: 'Weight',
  meaning: 'What this term is multiplied by before it is added to the loss.',
  default: 1,
  min: 0,
  max: 1000,
  isMinExclusive: true,
  isInteger: false,
  step: 1.2,
  scale: 'log',
  unit: '',
}

export function isShownIn(spec: ParameterSpec, regime: Regime): boolean {
  return spec.regimes?.includes(regime) ?? true
}

export function defaultOf(spec: ParameterSpec, regime: Regime): number | string {
  return spec.defaults?.[regime] ?? spec.default
}

/** A sentence about what is wrong with a value, null if nothing is. */
export function faultOf(spec: ParameterSpec, value: number | string): string | null {
  if (spec.kind === 'choice')
    return spec.choices.some((choice) => choice.value === value) ? null : 'Choose one of the list.'
  if (spec.kind === 'text') return typeof value === 'string' ? null : 'Give a text.'
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Give a number.'
  if (spec.isInteger && !Number.isInteger(value)) return 'Give a whole number.'
  if (spec.isMinExclusive && value <= spec.min) return `Must be above ${spec.min}.`
  if (value < spec.min) return `Must be at least ${spec.min}.`
  if (value > spec.max) return `Must be at most ${spec.max}.`
  return null
}

/** The request that a draft stands for: only what its regime and loss know, and only what was touched. */
export function requestOf(catalogue: Catalogue, draft: RunDraft): RunRequest | null {
  const loss = lossOf(catalogue, draft)
  if (loss === null) return null
  const miner = catalogue.miners.find(({ name }) => name === draft.miner)
  const choiceOf = ({ name, parameters }: LossEntry) => ({
    name,
    params: known(parameters, draft.lossParams[name] ?? {}, draft.regime),
  })
  const plus = addedLosses(catalogue, draft).map(({ entry, weight }) => ({
    ...choiceOf(entry),
    weight,
  }))
  return {
    regime: draft.regime,
    engine: draft.engine,
    loss: { ...choiceOf(loss), ...(plus.length > 0 && { plus }) },
    ...(miner && {
      miner: {
        name: miner.name,
        params: known(miner.parameters, draft.minerParams[miner.name] ?? {}, draft.regime),
      },
    }),
    settings: known(catalogue.settings, draft.settings, draft.regime),
  }
}

/** Every fault of what the request would hold, by title. */
export function faultsOf(catalogue: Catalogue, draft: RunDraft): readonly string[] {
  const request = requestOf(catalogue, draft)
  if (request === null) return ['There is no loss for this regime.']
  const loss = lossOf(catalogue, draft)
  return [
    ...faults(loss?.parameters ?? [], request.loss.params),
    ...addedLosses(catalogue, draft).flatMap(({ entry, weight }, i) => [
      ...faults([weightSpec], { weight }).map((fault) => `${entry.title}: ${fault}`),
      ...faults(entry.parameters, request.loss.plus?.[i]?.params ?? {}),
    ]),
    ...faults(
      catalogue.miners.find(({ name }) => name === draft.miner)?.parameters ?? [],
      request.miner?.params ?? {},
    ),
    ...faults(catalogue.settings, request.settings),
    ...faultsOfModel(request.settings),
  ]
}

function known(
  specs: readonly ParameterSpec[],
  values: ParameterValues,
  regime: Regime,
): ParameterValues {
  const entries = specs
    .filter((spec) => isShownIn(spec, regime))
    .flatMap(({ name }) => {
      const value = values[name]
      return value === undefined ? [] : [[name, value] as const]
    })
  return Object.fromEntries(entries)
}

function faults(specs: readonly ParameterSpec[], values: ParameterValues): string[] {
  return specs.flatMap((spec) => {
    const value = values[spec.name]
    const fault = value === undefined ? null : faultOf(spec, value)
    return fault === null ? [] : [`${spec.title}: ${fault}`]
  })
}

/**
 * Settings whose default depends on the images or on a model's file, so that the workbench chooses them
 * when the run starts; the form says "auto" instead of a number that would not be the run's.
 */
export function isChosenAtStart({ name }: ParameterSpec, { settings }: RunDraft): boolean {
  return name === 'epochs' || (name === 'imageSize' && settings['backbone'] === 'imported')
}

/** A backbone that is to come from a file needs one. */
function faultsOfModel({ backbone, modelFile }: ParameterValues): readonly string[] {
  if (backbone !== 'imported' || modelFile !== undefined) return []
  return ['Model file: Name the model.json that the backbone is to come from.']
}
