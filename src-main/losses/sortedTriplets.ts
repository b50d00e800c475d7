import type { ValueAndSlopes } from './numerics.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

/** A hinge over triplets of an anchor that depends on its two distances only. */
export interface SortedRule {
  readonly margin: number
  readonly mining: 'all' | 'semi-hard'
  readonly reducer: 'mean' | 'non-zero' | 'sum' | 'per-anchor'
}

/**
 * The hinge max(0, d_ap − d_an + margin) over all or the semi-hard triplets, without looking at each one:
 * with an anchor's negatives sorted, those that a positive meets are a range, and their sum a difference
 * of running sums. What one end of a range is to a positive, the other is to a negative.
 *
 * @param distances `[rows, columns]`
 */
export function sortedTriplets(
  distances: Float32Array,
  { rows, columns, cells }: Relation,
  rule: SortedRule,
): ValueAndSlopes {
  const slopes = new Float64Array(distances.length)
  let sum = 0
  let count = 0
  for (let i = 0; i < rows; i++) {
    const from = i * columns
    const anchor = anchorOf(distances, cells, { from, columns, margin: rule.margin })
    if (anchor.goals.length === 0 || anchor.far.length === 0) continue
    const found = addAnchor(anchor, rule)
    const weight = rule.reducer === 'per-anchor' ? 1 / (Math.max(found.count, 1) * rows) : 1
    sum += weight * found.sum
    count += found.count
    for (let at = from; at < from + columns; at++) {
      if (cells[at] === positive)
        slopes[at] = weight * metByPositive(anchor, rule, distances[at] as number)
      else if (cells[at] === negative)
        slopes[at] = -weight * metByNegative(anchor, rule, distances[at] as number)
    }
  }
  const isMean = rule.reducer === 'mean' || rule.reducer === 'non-zero'
  const divisor = isMean ? Math.max(count, 1) : 1
  return { value: sum / divisor, slopes: Float32Array.from(slopes, (slope) => slope / divisor) }
}

interface SortedAnchor {
  /** Distances of positives, ascending. */
  readonly near: Float64Array
  /** The same plus the margin: negatives shall not be nearer. */
  readonly goals: Float64Array
  /** Distances of negatives, ascending. */
  readonly far: Float64Array
  /** Sum of the first k of `far`, `[far + 1]`. */
  readonly sums: Float64Array
}

function anchorOf(
  distances: Float32Array,
  cells: Int8Array,
  { from, columns, margin }: { from: number; columns: number; margin: number },
): SortedAnchor {
  const of = (kind: number) => {
    const found: number[] = []
    for (let at = from; at < from + columns; at++)
      if (cells[at] === kind) found.push(distances[at] as number)
    return Float64Array.from(found).sort()
  }
  const near = of(positive)
  const far = of(negative)
  const sums = new Float64Array(far.length + 1)
  for (let k = 0; k < far.length; k++) sums[k + 1] = (sums[k] as number) + (far[k] as number)
  return { near, goals: near.map((distance) => distance + margin), far, sums }
}

function addAnchor(
  { near, goals, far, sums }: SortedAnchor,
  { mining, reducer }: SortedRule,
): { readonly sum: number; readonly count: number } {
  let sum = 0
  let count = 0
  for (const [k, goal] of goals.entries()) {
    const first = mining === 'all' ? 0 : countUpTo(far, near[k] as number)
    const last = countBelow(far, goal)
    sum +=
      Math.max(last - first, 0) * goal -
      ((sums[last] as number) - (sums[Math.min(first, last)] as number))
    if (reducer === 'non-zero') count += Math.max(last - first, 0)
    else count += mining === 'all' ? far.length : countUpTo(far, goal) - first
  }
  return { sum, count }
}

/** How many negatives a positive at this distance is too far for. */
function metByPositive(
  { far }: SortedAnchor,
  { mining, margin }: SortedRule,
  near: number,
): number {
  const first = mining === 'all' ? 0 : countUpTo(far, near)
  return Math.max(countBelow(far, near + margin) - first, 0)
}

/** How many positives a negative at this distance is too near for. */
function metByNegative({ near, goals }: SortedAnchor, { mining }: SortedRule, far: number): number {
  const last = mining === 'all' ? near.length : countBelow(near, far)
  return Math.max(last - countUpTo(goals, far), 0)
}

/** How many of the ascending values are < limit. */
function countBelow(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of the ascending values are ≤ limit. */
function countUpTo(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
