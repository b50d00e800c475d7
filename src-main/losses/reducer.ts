import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import { isReadable, weightedSum, withoutGradient } from './numerics.ts'

/** What needs no further number. */
export const namedReducers = ['mean', 'non-zero', 'sum', 'per-anchor'] as const

/**
 * How the terms of a loss become one number:
 *
 * - `mean`: of all terms
 * - `non-zero`: mean of the terms > 0; not continuous where a term reaches 0
 * - `sum`
 * - `per-anchor`: mean over anchors of the mean of each one's terms, 0 where it has none
 * - `threshold`: mean of the terms between `low` and `high`, both excluded
 *
 * Names as in Musgrave et al., "PyTorch Metric Learning", arXiv:2008.09164.
 */
export type Reducer =
  | { readonly kind: (typeof namedReducers)[number] }
  | { readonly kind: 'threshold'; readonly low: number; readonly high: number }

/** Terms of a loss, `[rows, …]`. */
export interface Terms {
  /** Finite also where they do not count. */
  readonly values: Tensor2D
  /** Which count, bool, of the same shape. */
  readonly isCounted: Tensor2D
  /**
   * What a softplus makes of it, where terms are that. In float64 a softplus is > 0 down to −745, in
   * float32 to −103: which terms are > 0 is asked here, so that both count the same.
   */
  readonly excess?: Tensor2D
}

/** Softplus of less is 0 in float64. */
const leastExcess = -745

/** One number of all terms that count; 0 if there are none. Call inside `tf.tidy`. */
export function reduce(terms: Terms, reducer: Reducer): Scalar {
  if (!isReadable()) return reduceInTensors(terms, reducer)
  const { values, isCounted, excess } = terms
  const [rows, columns] = values.shape
  const isIn = isCounted.dataSync()
  switch (reducer.kind) {
    case 'sum':
      return weightedSum(values, isIn)
    case 'mean':
      return weightedSum(values, isIn, mean)
    case 'non-zero': {
      const numbers = (excess ?? values).dataSync<'float32'>()
      const least = excess ? leastExcess : 0
      const isAbove = Uint8Array.from(numbers, (x, at) => (isIn[at] && x > least ? 1 : 0))
      return weightedSum(values, isAbove, mean)
    }
    case 'threshold': {
      const { low, high } = reducer
      const numbers = values.dataSync<'float32'>()
      const isBetween = Uint8Array.from(numbers, (x, at) =>
        isIn[at] && x > low && x < high ? 1 : 0,
      )
      return weightedSum(values, isBetween, mean)
    }
    case 'per-anchor': {
      const weights = new Float64Array(values.size)
      for (let i = 0; i < rows; i++) {
        let count = 0
        for (let at = i * columns; at < (i + 1) * columns; at++) if (isIn[at]) count++
        for (let at = i * columns; at < (i + 1) * columns; at++)
          if (isIn[at]) weights[at] = 1 / (count * rows)
      }
      return weightedSum(values, weights)
    }
    default:
      return reducer satisfies never
  }
}

function mean(count: number): number {
  return 1 / Math.max(count, 1)
}

/** The same as tensors, for graphics cards. */
export function reduceInTensors({ values, isCounted, excess }: Terms, reducer: Reducer): Scalar {
  const counted = tf.where<Tensor2D>(isCounted, values, tf.zerosLike(values))
  const total = tf.sum<Scalar>(counted)
  switch (reducer.kind) {
    case 'sum':
      return total
    case 'mean':
      return tf.div(total, countOf(isCounted))
    case 'non-zero': {
      const least = excess ? leastExcess : 0
      const isAbove = withoutGradient(excess ?? values, (x) =>
        tf.logicalAnd<Tensor2D>(isCounted, tf.greater(x, least)),
      )
      const above = tf.where(isAbove, values, tf.zerosLike(values))
      return tf.div<Scalar>(tf.sum(above), countOf(isAbove))
    }
    case 'threshold': {
      const { low, high } = reducer
      const isBetween = withoutGradient(values, (x) =>
        tf.logicalAnd<Tensor2D>(isCounted, tf.logicalAnd(tf.greater(x, low), tf.less(x, high))),
      )
      const between = tf.where(isBetween, values, tf.zerosLike(values))
      return tf.div<Scalar>(tf.sum(between), countOf(isBetween))
    }
    case 'per-anchor': {
      const counts = tf.maximum(tf.sum(tf.cast(isCounted, 'float32'), 1), 1)
      return tf.mean(tf.div(tf.sum(counted, 1), counts))
    }
    default:
      return reducer satisfies never
  }
}

/**
 * The same for losses of one term an anchor, whose mean counts anchors that have nothing to say too.
 *
 * @param terms `[rows, 1]`, 0 for such anchors
 * @param anchorCount of the batch
 */
export function reduceAnchors(
  { values, excess, isCounted }: Omit<Terms, 'isCounted'> & { readonly isCounted?: Tensor2D },
  anchorCount: number,
  reducer: Reducer,
): Scalar {
  if (reducer.kind === 'mean' || reducer.kind === 'per-anchor') {
    const total = isCounted ? tf.where(isCounted, values, tf.zerosLike(values)) : values
    return tf.div<Scalar>(tf.sum(total), Math.max(anchorCount, 1))
  }
  const all = isCounted ?? tf.onesLike(tf.cast<Tensor2D>(values, 'bool'))
  return reduce({ values, isCounted: all, ...(excess && { excess }) }, reducer)
}

/** At least 1. */
function countOf(mask: Tensor): Scalar {
  return tf.maximum(tf.sum(tf.cast(mask, 'float32')), 1)
}
