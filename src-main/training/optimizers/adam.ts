import { slotsFor } from './optimizer.ts'
import type { Optimizer, OptimizerSlots, ValueGroup } from './optimizer.ts'

export interface AdamOptions {
  /** β₁, decay of the running mean, in [0, 1). */
  readonly momentum: number
  /** β₂, decay of the running mean square, in [0, 1). */
  readonly beta2: number
  /** Keeps the division finite, > 0. */
  readonly epsilon: number
  /** λ, ≥ 0. */
  readonly weightDecay: number
  /**
   * `decoupled` (AdamW): a step takes the share η λ of a kernel away. `coupled` (Adam): λ θ is added to
   * the slope, so that values with large slopes decay less.
   */
  readonly decay: 'decoupled' | 'coupled'
}

export const adamDefaults = { momentum: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/**
 * Adam, and with decoupled decay AdamW, over one flat buffer:
 *
 *     g ← ∇ + λ θ (coupled)                θ ← θ − η λ θ (decoupled)
 *     m ← β₁ m + (1 − β₁) g                v ← β₂ v + (1 − β₂) g²
 *     θ ← θ − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv:1412.6980; Loshchilov &
 * Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101.
 *
 * @param groups all values in order, without gaps
 * @param slots of an earlier optimizer to go on from: `[m, v]`
 */
export function createAdam(
  groups: readonly ValueGroup[],
  options: AdamOptions,
  slots?: OptimizerSlots,
): Optimizer {
  const { momentum: beta1, beta2, epsilon, weightDecay, decay } = options
  const own = slotsFor(groups, 2, slots)
  const [first = new Float32Array(), second = new Float32Array()] = own.buffers
  return {
    slots: own,
    step(values, gradient, learningRate, gradientScale = 1) {
      own.steps++
      const rate = learningRate / (1 - beta1 ** own.steps)
      const correction = 1 / (1 - beta2 ** own.steps)
      for (const { start, end, isKernel } of groups) {
        const lambda = isKernel ? weightDecay : 0
        const keep = decay === 'decoupled' ? 1 - learningRate * lambda : 1
        const coupled = decay === 'coupled' ? lambda : 0
        for (let i = start; i < end; i++) {
          const value = values[i] ?? 0
          const slope = (gradient[i] ?? 0) * gradientScale + coupled * value
          const m = beta1 * (first[i] ?? 0) + (1 - beta1) * slope
          const v = beta2 * (second[i] ?? 0) + (1 - beta2) * slope * slope
          first[i] = m
          second[i] = v
          values[i] = Math.fround(value * keep) - (rate * m) / (Math.sqrt(v * correction) + epsilon)
        }
      }
    },
  }
}
