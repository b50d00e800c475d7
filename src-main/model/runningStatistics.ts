import { batchNormMomentum } from './layers/batchNorm.ts'
import type { Moments } from './layers/rule.ts'
import type { Weights } from './weights.ts'

/**
 * Moves the running statistics in `weights` towards those of a batch, as PyTorch does: the running
 * variance follows the unbiased one.
 */
export function updateRunningStatistics(
  weights: Weights,
  { name, mean, variance, count }: Moments<Float32Array>,
): void {
  const unbiased = count / Math.max(count - 1, 1)
  follow(weights.view(`${name}/mean`), mean, 1)
  follow(weights.view(`${name}/variance`), variance, unbiased)
}

function follow(running: Float32Array, batch: Float32Array, factor: number): void {
  for (const [i, value] of batch.entries()) {
    const before = running[i] ?? 0
    running[i] = before + batchNormMomentum * (value * factor - before)
  }
}
