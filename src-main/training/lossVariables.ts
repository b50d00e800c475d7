import type { RunSettings } from '../contract/runs.ts'
import type { Learnt, LearntSpec } from '../losses/loss.ts'
import type { LearntValues } from '../model/encoder.ts'
import type { Tensor } from '../numeric/tf.ts'
import type { NamedArrays } from './checkpoint.ts'
import { adamDefaults, createAdam } from './optimizers/adam.ts'

/** What a loss learns beside the network's weights: proxies, a boundary, a temperature. */
export interface LossVariables {
  /** As an encoder's step takes them; live, in the order of the specs. */
  readonly values: readonly (LearntValues & { readonly name: string })[]
  /** Names an encoder's tensors again, as a loss takes them. */
  named(tensors: readonly Tensor[]): Learnt
  /** Moves every variable by one step, and back into its range. @param gradients in the order of `values` */
  step(gradients: readonly Float32Array[], learningRate: number): void
  /** Values and optimizers, for a checkpoint. */
  arrays(): NamedArrays
}

/**
 * Each variable has an Adam of its own, whatever optimizer the network has, and no weight decay: slopes of a
 * few proxies and of a single temperature differ by orders of magnitude, which Adam evens out, and a proxy
 * that shrinks says nothing less.
 *
 * @param saved what {@link LossVariables.arrays} gave, to go on from
 * @throws TypeError when `saved` does not fit the specs
 */
export function createLossVariables(
  specs: readonly LearntSpec[],
  saved: NamedArrays = {},
): LossVariables {
  const variables = specs.map((spec) => {
    const { name, shape, start } = spec
    const values = savedFloats(saved, `${name}/values`, start.length) ?? start.slice()
    const first = savedFloats(saved, `${name}/first`, start.length)
    const second = savedFloats(saved, `${name}/second`, start.length)
    const steps = saved[`${name}/steps`]?.[0]
    const slots =
      first && second && steps !== undefined ? { buffers: [first, second], steps } : undefined
    const options = { ...adamDefaults, weightDecay: 0, decay: 'decoupled' } as const
    const whole = [{ start: 0, end: start.length, isKernel: false }]
    return { spec, name, shape, values, adam: createAdam(whole, options, slots) }
  })
  return {
    values: variables,
    named: (tensors) =>
      Object.fromEntries(
        variables.flatMap(({ spec: { name } }, i): [string, Tensor][] => {
          const tensor = tensors[i]
          return tensor ? [[name, tensor]] : []
        }),
      ),
    step(gradients, learningRate) {
      for (const [i, { spec, values, adam }] of variables.entries()) {
        const gradient = gradients[i]
        if (!gradient) throw new TypeError(`${spec.name} has no gradient`)
        adam.step(values, gradient, learningRate * spec.learningRateFactor)
        hold(values, spec)
      }
    },
    arrays: () =>
      Object.fromEntries(
        variables.flatMap(({ spec: { name }, values, adam: { slots } }): Entry[] => {
          const [first = new Float32Array(), second = new Float32Array()] = slots.buffers
          return [
            [`${name}/values`, values],
            [`${name}/first`, first],
            [`${name}/second`, second],
            [`${name}/steps`, Int32Array.of(slots.steps)],
          ]
        }),
      ),
  }
}

/**
 * The learning rate of the variables at a step. Adam moves a value by about its rate, so that a rate which
 * suits the network under SGD (some ten times as high) or LARS (near 1) would throw them about: then they
 * take Adam's usual one, along the same schedule.
 *
 * @param rate of the network at this step
 */
export function variableRate(
  rate: number,
  { optimizer, learningRate: peak }: Pick<RunSettings, 'optimizer' | 'learningRate'>,
): number {
  const isAdam = optimizer === 'adamw' || optimizer === 'adam'
  return isAdam ? rate : (rate / peak) * usualAdamRate
}

/** The default of the settings. */
const usualAdamRate = 0.003

type Entry = [string, Float32Array | Int32Array]

function hold(values: Float32Array, { min = -Infinity, max = Infinity }: LearntSpec): void {
  if (min === -Infinity && max === Infinity) return
  for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i] ?? 0, min), max)
}

function savedFloats(saved: NamedArrays, name: string, length: number): Float32Array | undefined {
  const array = saved[name]
  if (array === undefined) return undefined
  if (!(array instanceof Float32Array) || array.length !== length)
    throw new TypeError(`the checkpoint has ${array.length} values of ${name}, expected ${length}`)
  return array
}
