import type { Delta, DeltaName } from '../../../src-main/contract/deltas.ts'
import { differenceOf, fractionOf } from '../../ui/numbers.ts'

const titles: Readonly<Record<DeltaName, string>> = {
  recallAt1: 'Recall@1',
  rPrecision: 'R-precision',
  mapAtR: 'MAP@R',
  falsePush: 'false repulsion',
}

export interface DeltaWords {
  readonly name: string
  /** `.612 → .655` */
  readonly values: string
  readonly difference: string
  /** `−.010 … +.096` */
  readonly interval: string
  /** Whether the whole interval lies on one side of nothing, and whether that is good. */
  readonly tone: 'better' | 'worse' | 'unsure'
}

export function deltaWords({ name, left, right, difference, low, high }: Delta): DeltaWords {
  const better = name === 'falsePush' ? -1 : 1
  // What rounds to nothing is no news, however sure.
  const isSure = (low > 0 || high < 0) && Math.abs(difference) >= 5e-4
  return {
    name: titles[name],
    values: `${fractionOf(left)} → ${fractionOf(right)}`,
    difference: differenceOf(difference),
    interval: `${differenceOf(low)} … ${differenceOf(high)}`,
    tone: isSure ? (difference * better > 0 ? 'better' : 'worse') : 'unsure',
  }
}
