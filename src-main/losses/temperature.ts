import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch, Learnt, LearntSpec } from './loss.ts'
import { maskOf, meanWhere, withoutGradient } from './numerics.ts'
import { positive } from './relation.ts'

/**
 * - `fixed`: τ as it is set, or as a schedule sets it
 * - `learnt`: e^θ, θ learnt with the network (Radford et al., "Learning Transferable Visual Models From
 *   Natural Language Supervision", ICML 2021, arXiv:2103.00020)
 * - `adaptive`: τ (1 + α (A − A₀)), A the mean similarity of positive pairs, without gradient: the better
 *   positives are aligned, the more evenly negatives are pushed (Huang et al., "Model-Aware
 *   Contrastive Learning: Towards Escaping the Dilemmas", ICML 2023, arXiv:2207.07874)
 */
export const temperatureRules = ['fixed', 'learnt', 'adaptive'] as const

export interface TemperatureParams {
  /** τ: the smaller, the more of the push lands on the nearest negatives, > 0. Where `learnt` it begins here. */
  readonly temperature: number
  /** `fixed` if missing. */
  readonly rule?: (typeof temperatureRules)[number]
  /** α of `adaptive`, in [0, 1]. */
  readonly alpha?: number
  /** A₀ of `adaptive`, in [−1, 1]. */
  readonly start?: number
}

/** What is learnt where the rule says so: the logarithm, so that τ stays positive. */
const logTemperature = 'logTemperature'

/** The limits that CLIP holds its scale within, about 1 / τ ≤ 100. */
const [leastLearnt, mostLearnt] = [0.01, 10]

/** No rule goes below: float32 logits would lose their digits. */
const least = 1e-3

/** τ of this step. Call inside `tf.tidy`. */
export function temperatureOf(
  batch: Batch,
  { temperature, rule = 'fixed', alpha = 0, start = 0 }: TemperatureParams,
  learnt: Learnt,
): number | Scalar {
  switch (rule) {
    case 'fixed':
      return temperature
    case 'learnt':
      return tf.exp(valueOf(learnt, logTemperature))
    case 'adaptive': {
      const { rows, columns, cells } = batch.relation
      const isPositive = maskOf(cells, positive, [rows, columns])
      if (!cells.includes(positive)) return temperature
      return withoutGradient(batch.rows, (x) => {
        const similarity = similarities(x as Tensor2D, batch.columns)
        const alignment = meanWhere(isPositive, similarity)
        const factor = tf.add(1, tf.mul(tf.sub(alignment, start), alpha))
        return tf.maximum<Scalar>(tf.mul(factor, temperature), least)
      })
    }
    default:
      return rule satisfies never
  }
}

/** A scalar that is learnt. @throws TypeError when the training step did not give it */
export function valueOf(learnt: Learnt, name: string): Scalar {
  const value = learnt[name]
  if (!value) throw new TypeError(`the learnt value ${name} is missing`)
  return tf.reshape(value, [])
}

export function learntTemperature({ temperature, rule }: TemperatureParams): readonly LearntSpec[] {
  if (rule !== 'learnt') return []
  return [
    {
      name: logTemperature,
      shape: [],
      start: Float32Array.of(Math.log(temperature)),
      learningRateFactor: 1,
      min: Math.log(leastLearnt),
      max: Math.log(mostLearnt),
    },
  ]
}
