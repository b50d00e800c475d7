import { slotsFor } from './optimizer.ts'
import type { Optimizer, OptimizerSlots, ValueGroup } from './optimizer.ts'

export interface LarsOptions {
  /** μ, in [0, 1). */
  readonly momentum: number
  /** λ, ≥ 0. */
  readonly weightDecay: number
  /** The paper's η, > 0: the part of its length that a kernel moves by at learning rate 1. */
  readonly trust: number
}

export const larsDefaults = { momentum: 0.9, trust: 0.001 } as const

/**
 * Layer-wise adaptive rate scaling, for large batches: each kernel w moves in proportion to its length,
 *
 *     r = trust · ‖w‖ / (‖∇w‖ + λ ‖w‖)      u ← μ u + η r (∇w + λ w)      w ← w − u
 *
 * Biases and norms, and kernels whose length or slope is 0, take r = 1; biases and norms do not decay.
 *
 * You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks", 2017, arXiv:1708.03888.
 *
 * @param groups all values in order, without gaps; each is a layer of its own
 * @param slots of an earlier optimizer to go on from: `[u]`
 */
export function createLars(
  groups: readonly ValueGroup[],
  options: LarsOptions,
  slots?: OptimizerSlots,
): Optimizer {
  const { momentum, weightDecay, trust } = options
  const own = slotsFor(groups, 1, slots)
  const [velocity = new Float32Array()] = own.buffers
  return {
    slots: own,
    step(values, gradient, learningRate, gradientScale = 1) {
      own.steps++
      for (const { start, end, isKernel } of groups) {
        const lambda = isKernel ? weightDecay : 0
        const length = isKernel ? normOf(values, start, end) : 0
        const steepness = isKernel ? normOf(gradient, start, end) * gradientScale : 0
        const isAdapted = length > 0 && steepness > 0
        const ratio = isAdapted ? (trust * length) / (steepness + lambda * length) : 1
        const rate = learningRate * ratio
        for (let i = start; i < end; i++) {
          const value = values[i] ?? 0
          const slope = (gradient[i] ?? 0) * gradientScale + lambda * value
          const u = momentum * (velocity[i] ?? 0) + rate * slope
          velocity[i] = u
          values[i] = value - u
        }
      }
    },
  }
}

/** Euclidean length of the values from `start` up to, not including, `end`. */
export function normOf(values: Float32Array, start = 0, end = values.length): number {
  let sum = 0
  for (let i = start; i < end; i++) {
    const value = values[i] ?? 0
    sum += value * value
  }
  return Math.sqrt(sum)
}
