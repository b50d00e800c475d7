/** One rule for moving a flat buffer of values along its gradient; the same numbers on every engine. */
export interface Optimizer {
  readonly slots: OptimizerSlots
  /**
   * Moves `values` in place by one step. Sums are formed in float64 and stored as float32.
   *
   * @param gradient as long as `values`; not changed
   * @param gradientScale what each slope is multiplied by first, 1 for nothing: clipping costs no pass
   */
  step(
    values: Float32Array,
    gradient: Float32Array,
    learningRate: number,
    gradientScale?: number,
  ): void
}

/** What an optimizer remembers from step to step; a checkpoint keeps it. */
export interface OptimizerSlots {
  /** Each as long as the values; what they mean, and how many, is the optimizer's own affair. */
  readonly buffers: readonly Float32Array[]
  /** Steps taken so far. */
  steps: number
}

/** One weight in the flat buffer: from `start` up to, not including, `end`. */
export interface ValueGroup {
  readonly start: number
  readonly end: number
  /**
   * Whether weight decay acts on it, and LARS adapts its rate: true for kernels, false for biases and
   * the scales of norms.
   */
  readonly isKernel: boolean
}

/** The slots to go on from, or fresh ones. @throws TypeError when they are another network's */
export function slotsFor(
  groups: readonly ValueGroup[],
  count: number,
  slots: OptimizerSlots | undefined,
): OptimizerSlots {
  const size = groups.at(-1)?.end ?? 0
  if (!slots)
    return { buffers: Array.from({ length: count }, () => new Float32Array(size)), steps: 0 }
  const sizes = slots.buffers.map(({ length }) => length)
  if (sizes.length !== count || sizes.some((length) => length !== size))
    throw new TypeError(
      `slots of [${sizes.join(', ')}] values for an optimizer with ${count} of ${size}`,
    )
  return slots
}
