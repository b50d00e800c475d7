/** Steps of a run, for a learning rate that depends on how far it is. */
export interface ScheduleOptions {
  /** The highest learning rate. */
  readonly peak: number
  readonly warmupSteps: number
  readonly steps: number
}

/**
 * The learning rate of a step: a climb from 0 over the warm-up, then half a cosine down to 0.
 *
 * Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
 * arXiv:1608.03983 (without restarts); the warm-up is Goyal et al., 2017, arXiv:1706.02677.
 *
 * @param step 0 … steps − 1
 * @returns in (0, peak]
 */
export function learningRateAt(
  step: number,
  { peak, warmupSteps, steps }: ScheduleOptions,
): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps
  const progress = (step - warmupSteps) / Math.max(steps - warmupSteps, 1)
  return (peak * (1 + Math.cos(Math.PI * progress))) / 2
}
