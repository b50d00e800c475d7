import type { Reducer } from './reducer.ts'

/** Terms of a loss in a list. */
export interface TermList {
  readonly values: Float64Array
  /** Of each term. */
  readonly anchors: Int32Array
  /** Anchors in all. */
  readonly rows: number
  /** What a softplus makes of each term, where terms are that. */
  readonly excess?: Float64Array
}

/** Softplus of less is 0 in float64. */
const leastExcess = -745

/** What a reducer multiplies each term by before all are added. */
export function termWeights(
  { values, anchors, rows, excess }: TermList,
  reducer: Reducer,
): Float64Array {
  const isIn = (value: number, k: number) => {
    if (reducer.kind === 'non-zero') return excess ? (excess[k] as number) > leastExcess : value > 0
    return reducer.kind !== 'threshold' || (value > reducer.low && value < reducer.high)
  }
  const counted = values.map((value, k) => (isIn(value, k) ? 1 : 0))
  if (reducer.kind === 'sum') return counted
  if (reducer.kind === 'per-anchor') {
    const counts = new Float64Array(rows)
    for (const anchor of anchors) counts[anchor] = (counts[anchor] as number) + 1
    return counted.map((_, k) => 1 / ((counts[anchors[k] as number] as number) * rows))
  }
  const count = counted.reduce((sum, one) => sum + one, 0)
  return counted.map((one) => one / Math.max(count, 1))
}
