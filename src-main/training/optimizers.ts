/** What an optimizer remembers from step to step; a checkpoint keeps it. */
export interface AdamSlots {
  /** Running mean of the gradient, `[size]`. */
  readonly first: Float32Array
  /** Running mean of the squared gradient, `[size]`. */
  readonly second: Float32Array
  /** Steps taken so far. */
  steps: number
}

export interface Adam {
  readonly slots: AdamSlots
  /** Moves `values` in place by one step. */
  step(values: Float32Array, gradient: Float32Array, learningRate: number): void
}

export interface AdamOptions {
  /** Decay of the running mean, in [0, 1). */
  readonly beta1: number
  /** Decay of the running mean square, in [0, 1). */
  readonly beta2: number
  /** Keeps the division finite, > 0. */
  readonly epsilon: number
  /** Share of a value that a step at learning rate 1 takes away, ≥ 0. */
  readonly weightDecay: number
  /** Where weight decay acts: kernels, but not biases and the scales of norms. */
  readonly decayed: readonly ValueRange[]
}

/** Values from `start` up to, not including, `end`. */
export interface ValueRange {
  readonly start: number
  readonly end: number
}

export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/**
 * Adam with decoupled weight decay, over one flat buffer.
 *
 * Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv:1412.6980; Loshchilov &
 * Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101.
 *
 * @param slots of an earlier optimizer to go on from
 */
export function createAdam(size: number, options: AdamOptions, slots?: AdamSlots): Adam {
  const { beta1, beta2, epsilon, weightDecay, decayed } = options
  const own = slots ?? { first: new Float32Array(size), second: new Float32Array(size), steps: 0 }
  if (own.first.length !== size || own.second.length !== size)
    throw new TypeError(`slots of ${own.first.length} values for an optimizer of ${size}`)
  const { first, second } = own
  return {
    slots: own,
    step(values, gradient, learningRate) {
      own.steps++
      const keep = 1 - learningRate * weightDecay
      if (keep !== 1)
        for (const { start, end } of decayed)
          for (let i = start; i < end; i++) values[i] = (values[i] ?? 0) * keep

      const rate = learningRate / (1 - beta1 ** own.steps)
      const correction = 1 / (1 - beta2 ** own.steps)
      for (let i = 0; i < size; i++) {
        const slope = gradient[i] ?? 0
        const m = beta1 * (first[i] ?? 0) + (1 - beta1) * slope
        const v = beta2 * (second[i] ?? 0) + (1 - beta2) * slope * slope
        first[i] = m
        second[i] = v
        values[i] = (values[i] ?? 0) - (rate * m) / (Math.sqrt(v * correction) + epsilon)
      }
    },
  }
}
