import type { LaboratoryReport, TemperatureCurve } from '../../../src-main/contract/laboratory.ts'
import type { RunState, RunSummary } from '../../../src-main/contract/runState.ts'
import { fractionOf, valueOf } from '../../ui/numbers.ts'
import { percentOf } from '../words.ts'

/** What was measured on the last embedding of one run of a sweep. */
export interface Measured {
  readonly curve: TemperatureCurve
  /** At the run's own temperature. */
  readonly push: LaboratoryReport['push']
}

export interface SweepRow {
  readonly run: string
  readonly tau: string
  readonly isOwn: boolean
  /** In the order of {@link sweepColumns}. */
  readonly cells: readonly string[]
  /** Which of the cells is the best of its column. */
  readonly best: readonly boolean[]
}

/** A temperature's own name for each number, and which way is better; 0 where neither is. */
export const sweepColumns = [
  { title: 'mean loss', tip: 'Of the last epoch. At another τ it is another loss.', better: 0 },
  { title: 'uniformity', tip: 'Lower: spread more evenly.', better: 0 },
  { title: 'tolerance', tip: 'Higher: images of one label stay alike.', better: 0 },
  { title: 'alignment', tip: 'Lower: images of one label lie closer.', better: 0 },
  { title: 'R@1', tip: 'On images that no run trained on.', better: 1 },
  {
    title: 'push on suspects',
    tip: 'Share of the repulsion that suspected pairs take.',
    better: 0,
  },
] as const

const none = '–'

/** One line a temperature, ascending. */
export function sweepRows(
  members: readonly RunSummary[],
  options: {
    readonly own: number | null
    readonly stateOf: (run: string) => RunState | null
    readonly measuredOf: (run: string) => Measured | null
  },
): readonly SweepRow[] {
  const values = members.map(({ run, after }) => {
    const measured = options.measuredOf(run)
    return [
      options.stateOf(run)?.epochs.at(-1)?.meanLoss ?? null,
      measured?.curve.uniformity ?? null,
      measured?.curve.tolerance ?? null,
      measured?.curve.alignment ?? null,
      after?.recallAt1 ?? null,
      measured?.push.onSuspects ?? null,
    ]
  })
  const isBest = (column: number, value: number | null): boolean => {
    const better = sweepColumns[column]?.better ?? 0
    if (better === 0 || value === null) return false
    return values.every((row) => (row[column] ?? -Infinity) * better <= value * better)
  }
  return members.map((member, i) => {
    const row = values[i] ?? []
    const tau = temperatureOf(member)
    return {
      run: member.run,
      tau: valueOf(tau),
      isOwn: tau === options.own,
      cells: row.map((value, column) => {
        if (value === null) return none
        return column === 5 ? percentOf(value) : fractionOf(value)
      }),
      best: row.map((value, column) => isBest(column, value)),
    }
  })
}

/** Runs of one sweep, the smallest temperature first. */
export function membersOf(list: readonly RunSummary[], sweep: string): readonly RunSummary[] {
  return list
    .filter(({ config }) => config?.series?.kind === 'sweep' && config.series.id === sweep)
    .sort((a, b) => temperatureOf(a) - temperatureOf(b))
}

export function temperatureOf({ config }: RunSummary): number {
  return config?.series?.kind === 'sweep' ? config.series.temperature : NaN
}
