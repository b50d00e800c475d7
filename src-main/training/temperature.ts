import type { ParameterValues } from '../contract/catalogue.ts'
import type { RunSettings } from '../contract/runs.ts'

/** What a run's settings say of how its temperature changes. */
export type TemperatureSettings = Pick<
  RunSettings,
  'temperatureSchedule' | 'temperatureEnd' | 'temperaturePeriod'
>

/**
 * The temperature that a schedule sets for a step.
 *
 * - linear: from `start` to the end over the whole run
 * - cosine: τ(e) = τ₋ + (τ₊ − τ₋)(1 + cos 2πe/T)/2, beginning at `start`. Small τ tells images apart, large
 *   τ groups them. Kukleva, Böhle, Schiele, Kuehne, Rupprecht, "Temperature Schedules for Self-Supervised
 *   Contrastive Methods on Long-Tail Data", ICLR 2023, arXiv:2303.13664
 *
 * @param start the loss's temperature
 * @param done steps of the run so far
 */
export function temperatureAt(
  settings: TemperatureSettings,
  start: number,
  {
    done,
    steps,
    stepsPerEpoch,
  }: { readonly done: number; readonly steps: number; readonly stepsPerEpoch: number },
): number {
  const { temperatureSchedule, temperatureEnd: end, temperaturePeriod } = settings
  switch (temperatureSchedule) {
    case 'constant':
      return start
    case 'linear':
      return start + (end - start) * (done / Math.max(steps - 1, 1))
    case 'cosine': {
      const periods = done / (temperaturePeriod * stepsPerEpoch)
      return end + ((start - end) * (1 + Math.cos(2 * Math.PI * periods))) / 2
    }
    default:
      return temperatureSchedule satisfies never
  }
}

/**
 * What the losses' adaptive rule makes of a temperature, τ (1 + α (A − A₀)), to be told to people: the loss
 * computes its own among its tensors.
 *
 * @param params of the loss
 * @param alignment A, mean cosine of the batch's positive pairs
 */
export function adaptiveTemperature(
  params: ParameterValues,
  temperature: number,
  alignment: number,
): number {
  const [reaction, start] = [params['temperatureReaction'], params['temperatureStart']].map(Number)
  return temperature * (1 + (reaction ?? 0) * (alignment - (start ?? 0)))
}
