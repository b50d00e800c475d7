import { slotsFor } from './optimizer.ts'
import type { Optimizer, OptimizerSlots, ValueGroup } from './optimizer.ts'

export interface SgdOptions {
  /** μ, in [0, 1); 0 for plain steps. */
  readonly momentum: number
  /** Looks ahead: steps along the slope as it will be after the momentum has acted. */
  readonly isNesterov: boolean
  /** λ, ≥ 0, added to the slope of kernels. */
  readonly weightDecay: number
}

/**
 * Stochastic gradient descent with momentum, over one flat buffer:
 *
 *     g ← ∇ + λ θ        u ← μ u + g        θ ← θ − η u        Nesterov: θ ← θ − η (g + μ u)
 *
 * Polyak's heavy ball with the learning rate outside of the velocity, so that a schedule acts at once;
 * the look-ahead in the form of Sutskever, Martens, Dahl & Hinton, "On the importance of initialization
 * and momentum in deep learning", ICML 2013.
 *
 * @param groups all values in order, without gaps
 * @param slots of an earlier optimizer to go on from: `[u]`
 */
export function createSgd(
  groups: readonly ValueGroup[],
  options: SgdOptions,
  slots?: OptimizerSlots,
): Optimizer {
  const { momentum, isNesterov, weightDecay } = options
  const own = slotsFor(groups, 1, slots)
  const [velocity = new Float32Array()] = own.buffers
  // θ moves by η (a g + b u), which is one loop for both forms.
  const [ofSlope, ofVelocity] = isNesterov ? [1, momentum] : [0, 1]
  return {
    slots: own,
    step(values, gradient, learningRate, gradientScale = 1) {
      own.steps++
      for (const { start, end, isKernel } of groups) {
        const lambda = isKernel ? weightDecay : 0
        for (let i = start; i < end; i++) {
          const value = values[i] ?? 0
          const slope = (gradient[i] ?? 0) * gradientScale + lambda * value
          const u = momentum * (velocity[i] ?? 0) + slope
          velocity[i] = u
          values[i] = value - learningRate * (ofSlope * slope + ofVelocity * u)
        }
      }
    },
  }
}
