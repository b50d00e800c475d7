import type { RunState } from '../../../src-main/contract/runState.ts'
import type { SphereFrame } from '../../../src-main/contract/sphere.ts'
import { differenceOf, fractionOf, valueOf } from '../../ui/numbers.ts'

/** A run, and the epoch of it that is shown. */
export interface Side {
  readonly state: RunState
  readonly frame: SphereFrame
}

/** One line of the table: what it is called, and what it is on both sides. */
export interface Figure {
  readonly name: string
  readonly left: string
  readonly right: string
  /** Right less left; null where it would say nothing. */
  readonly difference: string | null
  readonly tone: 'better' | 'worse' | 'even'
  /** Of the embedding or of its picture, and not what it was made with. */
  readonly isScore: boolean
}

const none = '–'

/** @param left @param right the epochs that stand beside each other */
export function figuresOf(left: Side, right: Side): readonly Figure[] {
  const [a, b] = [left, right].map(epochOf)
  const canCompareLoss = isSameLoss(left.state, right.state)
  return [
    number('Recall@1', a?.score?.recallAt1, b?.score?.recallAt1, { better: 1 }),
    number('MAP@R', a?.score?.mapAtR, b?.score?.mapAtR, { better: 1 }),
    number('neighbours kept', keptOf(left), keptOf(right), {}),
    number('trust', trustOf(left), trustOf(right), {}),
    number(
      'mean loss',
      a?.meanLoss,
      b?.meanLoss,
      canCompareLoss ? { better: -1 } : { isBare: true },
    ),
    words('τ', left, right, (side) => {
      const temperature = temperatureOf(side)
      return temperature === null ? none : valueOf(Number(temperature.toPrecision(3)))
    }),
    words('suspects', left, right, suspectWords),
    words('verdicts', left, right, ({ state }) =>
      state.verdicts === null ? none : String(state.verdicts),
    ),
  ]
}

/** Of the loss at that epoch; null for a loss that has none. */
export function temperatureOf({ state, frame }: Side): number | null {
  const steps = frame.epoch * state.stepsPerEpoch
  const reported = state.temperatures.findLast(({ step }) => step < steps)
  const written = state.config?.loss.params['temperature']
  return reported?.value ?? (typeof written === 'number' ? written : null)
}

function suspectWords({ state, frame }: Side): string {
  const policy = state.config?.settings.suspects ?? 'off'
  const last = state.suspects.findLast(({ epoch }) => epoch < frame.epoch)
  if (policy === 'off' || policy === 'show' || last === undefined) return policy
  return `${policy} ${(100 * last.share).toFixed(1)} %`
}

function epochOf({ state, frame }: Side): RunState['epochs'][number] | undefined {
  return state.epochs.find(({ epoch }) => epoch === frame.epoch)
}

function keptOf({ frame }: Side): number {
  return frame.faithfulness.isExact ? 1 : frame.faithfulness.neighboursKept
}

function trustOf({ frame }: Side): number {
  return frame.faithfulness.isExact ? 1 : frame.faithfulness.trustworthiness
}

/** Whether a number of one run's loss says the same of the other's. */
export function isSameLoss(left: RunState, right: RunState): boolean {
  return lossKey(left) === lossKey(right)
}

/** Whatever makes a loss another one: its terms, how many negatives there are, and which are left out. */
function lossKey({ config, verdicts }: RunState): string {
  const { batchSize, memorySize, suspects } = config?.settings ?? {}
  return JSON.stringify([config?.loss, config?.regime, batchSize, memorySize, suspects, verdicts])
}

function number(
  name: string,
  left: number | null | undefined,
  right: number | null | undefined,
  { better, isBare = false }: { readonly better?: 1 | -1; readonly isBare?: boolean },
): Figure {
  const text = (value: number | null | undefined): string =>
    value === null || value === undefined ? none : fractionOf(value)
  const isKnown = typeof left === 'number' && typeof right === 'number' && !isBare
  const change = isKnown ? right - left : 0
  // What rounds to nothing is no difference.
  const sign = Math.abs(change) < 5e-4 || better === undefined ? 0 : Math.sign(change) * better
  return {
    name,
    left: text(left),
    right: text(right),
    difference: isKnown ? differenceOf(change) : null,
    tone: sign > 0 ? 'better' : sign < 0 ? 'worse' : 'even',
    isScore: true,
  }
}

function words(name: string, left: Side, right: Side, of: (side: Side) => string): Figure {
  return { name, left: of(left), right: of(right), difference: null, tone: 'even', isScore: false }
}
