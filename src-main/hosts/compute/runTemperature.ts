import type { RunConfig } from '../../contract/runs.ts'

/** Of a loss that has none: where most papers start. */
const usualTemperature = 0.1

/** The temperature that a run's push is looked at with, and whether its own loss has it. */
export function runTemperature({ loss }: Pick<RunConfig, 'loss'>): {
  readonly temperature: number
  readonly isOwn: boolean
} {
  const { temperature } = loss.params
  return typeof temperature === 'number'
    ? { temperature, isOwn: true }
    : { temperature: usualTemperature, isOwn: false }
}
