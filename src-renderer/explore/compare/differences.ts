import type {
  Catalogue,
  ParameterSpec,
  ParameterValues,
} from '../../../src-main/contract/catalogue.ts'
import type { RunConfig } from '../../../src-main/contract/runs.ts'
import type { RunState } from '../../../src-main/contract/runState.ts'
import { lossSumTitle, regimeTitles } from '../../train/runWords.ts'
import { valueOf } from '../../ui/numbers.ts'

/** Something that two runs were given differently, in words. */
export interface Difference {
  readonly name: string
  readonly left: string
  readonly right: string
}

/** Whatever was different before the first step; the loss first, then the settings in the form's order. */
export function differencesOf(
  left: RunState,
  right: RunState,
  catalogue: Catalogue,
): readonly Difference[] {
  const [a, b] = [left.config, right.config]
  if (a === null || b === null) return []
  const lossOf = ({ loss }: RunConfig): string => lossSumTitle(catalogue.losses, loss)
  const isSameLoss = lossOf(a) === lossOf(b)
  const lossSpecs = catalogue.losses.find(({ name }) => name === a.loss.name)?.parameters ?? []
  const minerSpecs = catalogue.miners.find(({ name }) => name === a.miner?.name)?.parameters ?? []
  const minerOf = ({ miner }: RunConfig): string =>
    catalogue.miners.find(({ name }) => name === miner?.name)?.title ?? miner?.name ?? 'none'
  const whole: readonly Difference[] = [
    { name: 'Regime', left: regimeTitles[a.regime], right: regimeTitles[b.regime] },
    { name: 'Loss', left: lossOf(a), right: lossOf(b) },
    { name: 'Miner', left: minerOf(a), right: minerOf(b) },
    { name: 'Verdicts', left: String(left.verdicts ?? 0), right: String(right.verdicts ?? 0) },
  ]
  return [
    ...whole.filter((one) => one.left !== one.right),
    ...(isSameLoss ? among(lossSpecs, a.loss.params, b.loss.params) : []),
    ...(minerOf(a) === minerOf(b)
      ? among(minerSpecs, a.miner?.params ?? {}, b.miner?.params ?? {})
      : []),
    ...among(catalogue.settings, { ...a.settings }, { ...b.settings }),
    ...(a.engine === b.engine ? [] : [{ name: 'Engine', left: a.engine, right: b.engine }]),
  ]
}

function among(
  specs: readonly ParameterSpec[],
  left: ParameterValues,
  right: ParameterValues,
): readonly Difference[] {
  return specs.flatMap((spec) => {
    const [a, b] = [left[spec.name], right[spec.name]]
    if (a === b) return []
    return [{ name: spec.title, left: wordsOf(spec, a), right: wordsOf(spec, b) }]
  })
}

function wordsOf(spec: ParameterSpec, value: number | string | boolean | undefined): string {
  if (value === undefined) return '–'
  if (typeof value === 'number') return valueOf(Number(value.toPrecision(3)))
  const choices = spec.kind === 'choice' ? spec.choices : []
  return choices.find((choice) => choice.value === value)?.title ?? String(value)
}
