import type { RunSettings } from '../../contract/runs.ts'
import type { WeightBuffers } from '../../model/weights.ts'

/**
 * A mean of the weights along the way of training, which is what the run embeds, scores and exports with:
 * it finds neighbours more steadily than the weights of any one step. The steps themselves never see it.
 */
export interface WeightAverage {
  readonly state: AverageState
  /** Takes the weights after a step into the mean. */
  update(weights: WeightBuffers, progress: StepProgress): void
  /**
   * Lets `act` work with the mean in place of the weights, then puts the weights back, also when it
   * fails. Before the first update the mean is the weights.
   */
  during<Result>(weights: WeightBuffers, act: () => Promise<Result>): Promise<Result>
}

/** What a checkpoint keeps of an average. */
export interface AverageState {
  /** Mean of trainable values and of batch-norm statistics. */
  readonly weights: WeightBuffers
  /** Updates that it holds. */
  count: number
}

export interface StepProgress {
  /** Steps done, the one before the update included: 1 … steps. */
  readonly done: number
  /** Steps of the whole run. */
  readonly steps: number
}

export type AverageSettings = Pick<RunSettings, 'averaging' | 'averagingDecay'>

/** Part of a run, at its end, that `swa` takes the mean of. */
const swaShare = 0.25

/**
 * - `ema`: m ← d m + (1 − d) θ after every step, with d = min(decay, (1 + n) / (10 + n)) after n updates,
 *   so that a short run is not averaged with its untrained beginning. Polyak & Juditsky, "Acceleration of
 *   Stochastic Approximation by Averaging", 1992, with exponential weights.
 * - `swa`: the plain mean of the weights after each step of the last quarter of the run. Izmailov et al.,
 *   "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018, arXiv:1803.05407;
 *   there the statistics of batch norms are computed anew, here they are averaged like the weights.
 *
 * @param state of an earlier average to go on from
 * @returns null where the settings ask for none
 */
export function createWeightAverage(
  { averaging, averagingDecay }: AverageSettings,
  weights: WeightBuffers,
  state?: AverageState,
): WeightAverage | null {
  if (averaging === 'none') return null
  const own = state ?? { weights: copyOf(weights), count: 0 }
  return {
    state: own,
    update(current, { done, steps }) {
      const isLate = done > steps * (1 - swaShare)
      if (averaging === 'swa' && !isLate) {
        put(current, own.weights)
        return
      }
      own.count++
      const n = own.count
      const share = averaging === 'swa' ? 1 / n : 1 - Math.min(averagingDecay, (1 + n) / (10 + n))
      moveTowards(own.weights.trainable, current.trainable, share)
      moveTowards(own.weights.statistics, current.statistics, share)
    },
    async during(current, act) {
      const kept = copyOf(current)
      put(own.weights, current)
      try {
        return await act()
      } finally {
        put(kept, current)
      }
    },
  }
}

function moveTowards(mean: Float32Array, values: Float32Array, share: number): void {
  for (let i = 0; i < mean.length; i++) {
    const before = mean[i] ?? 0
    mean[i] = before + share * ((values[i] ?? 0) - before)
  }
}

function copyOf({ trainable, statistics }: WeightBuffers): WeightBuffers {
  return { trainable: trainable.slice(), statistics: statistics.slice() }
}

function put(from: WeightBuffers, to: WeightBuffers): void {
  to.trainable.set(from.trainable)
  to.statistics.set(from.statistics)
}
