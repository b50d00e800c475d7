import type { ReplayChoices } from '../../../src-main/contract/series.ts'
import { countOf, durationOf } from '../../ui/numbers.ts'

/** Where a replay may begin: the shortest first, since each of its epochs is trained twice. */
export function startsOf({ starts, epochs }: ReplayChoices): readonly {
  readonly value: string
  readonly title: string
}[] {
  return [...starts].reverse().map((start) => ({
    value: String(start),
    title:
      start === 0
        ? `All ${countOf(epochs, 'epoch')}, from the untrained network`
        : `The last ${countOf(epochs - start, 'epoch')}, from epoch ${start}`,
  }))
}

/** What it takes, before anything is started. */
export function costOf(choices: ReplayChoices, start: number): string {
  const { epochs, secondsPerEpoch } = choices
  const each = countOf(epochs - start, 'epoch')
  const time =
    secondsPerEpoch === null
      ? ''
      : `, about ${durationOf(2 * (epochs - start) * secondsPerEpoch)} of steps in all, and the embedding of each epoch`
  return `Two runs of ${each}, one after the other${time}.`
}

/** The start that is offered first: the last ten epochs, or the kept state next to that. */
export function usualStart({ starts, epochs }: ReplayChoices): number {
  const wanted = Math.max(0, epochs - 10)
  return starts.reduce(
    (best, start) => (Math.abs(start - wanted) < Math.abs(best - wanted) ? start : best),
    starts[0] ?? 0,
  )
}
