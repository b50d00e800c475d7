import type {
  Catalogue,
  LossEntry,
  MinerEntry,
  ParameterSpec,
  ParameterValues,
  Regime,
} from '../../src-main/contract/catalogue.ts'
import { reasonAgainst } from '../../src-main/contract/combinations.ts'
import type { Combination, CombinationPart } from '../../src-main/contract/combinations.ts'
import { addedLosses, defaultOf, lossOf } from './formValues.ts'
import type { RunDraft } from './formValues.ts'

/** What stands for no miner and no memory in a combination. */
const none = 'none'

/** What a draft is made of, as the rules see it. */
export function combinationOf(catalogue: Catalogue, draft: RunDraft): Combination {
  const setting = (name: string) => settingOf(catalogue.settings, draft, name)
  return {
    regime: draft.regime,
    loss: lossOf(catalogue, draft)?.name ?? '',
    sampler: String(setting('sampler')),
    miner: draft.miner ?? none,
    memory: Number(setting('memorySize')) > 0 ? String(setting('memoryKind')) : none,
    temperatureSchedule: String(setting('temperatureSchedule')),
  }
}

/** Why a value of one part cannot be chosen beside the others; null if it can. */
export function reasonFor(
  catalogue: Catalogue,
  draft: RunDraft,
  { part, value }: { readonly part: CombinationPart; readonly value: string },
): string | null {
  const combination = { ...combinationOf(catalogue, draft), [part]: value }
  return reasonAgainst(catalogue.rules, combination, part)
}

/** Why a loss cannot be a further term beside the rest of the draft; null if it can. */
export function reasonAgainstAdded(
  catalogue: Catalogue,
  draft: RunDraft,
  loss: string,
): string | null {
  // A schedule is the first loss's; the others keep their temperature.
  const own = { loss, temperatureSchedule: 'constant' }
  return reasonAgainst(catalogue.rules, { ...combinationOf(catalogue, draft), ...own }, 'loss')
}

/** Why the draft as it is cannot be run; null if it can. */
export function reasonAgainstDraft(catalogue: Catalogue, draft: RunDraft): string | null {
  const reason = reasonAgainst(catalogue.rules, combinationOf(catalogue, draft))
  if (reason !== null) return reason
  for (const { entry } of addedLosses(catalogue, draft)) {
    const against = reasonAgainstAdded(catalogue, draft, entry.name)
    if (against !== null) return against
  }
  return null
}

export function minerIn(catalogue: Catalogue, draft: RunDraft): MinerEntry | null {
  return catalogue.miners.find(({ name }) => name === draft.miner) ?? null
}

/** Whether another setting asks for this one, and the loss has what it changes. */
export function isAskedFor(catalogue: Catalogue, draft: RunDraft, spec: ParameterSpec): boolean {
  if (spec.group === 'temperature') {
    const parameters = lossOf(catalogue, draft)?.parameters ?? []
    if (!parameters.some(({ name }) => name === 'temperature')) return false
  }
  return isShownBeside(spec, (name) => settingOf(catalogue.settings, draft, name))
}

/** Whether another parameter of the loss asks for this one. */
export function isAskedForByLoss(
  loss: LossEntry,
  { regime, lossParams }: RunDraft,
  spec: ParameterSpec,
): boolean {
  const values = lossParams[loss.name] ?? {}
  return isShownBeside(spec, (name) => valueOf(loss.parameters, values, { name, regime }))
}

function isShownBeside(
  { shownIf }: ParameterSpec,
  valueOf: (name: string) => number | string | undefined,
): boolean {
  if (shownIf === undefined) return true
  const value = valueOf(shownIf.name)
  return 'isAbove' in shownIf
    ? Number(value) > shownIf.isAbove
    : shownIf.isOneOf.includes(String(value))
}

function settingOf(
  specs: readonly ParameterSpec[],
  { settings, regime }: RunDraft,
  name: string,
): number | string | undefined {
  return valueOf(specs, settings, { name, regime })
}

/** A value, touched or not; undefined for a parameter that there is not. */
function valueOf(
  specs: readonly ParameterSpec[],
  values: ParameterValues,
  { name, regime }: { readonly name: string; readonly regime: Regime },
): number | string | undefined {
  const spec = specs.find((known) => known.name === name)
  return values[name] ?? (spec && defaultOf(spec, regime))
}
