import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { lengths } from './numerics.ts'

export const normRules = ['length', 'zero-mean', 'even'] as const

export interface NormRegularizerParams {
  readonly rule: (typeof normRules)[number]
  /** p of the norm that `length` keeps small, ≥ 1. */
  readonly p: number
}

/**
 * What rows should be like before they are normalised, for losses that only see directions: their lengths
 * would drift and with them the step that a learning rate makes.
 *
 * - `length`: the mean of ‖x‖ₚ
 * - `zero-mean`: the mean of |Σ_d x_d| (Yuan, Deng, Tang, Tang, Chen, "Signal-to-Noise Ratio", CVPR 2019,
 *   arXiv:1904.02616)
 * - `even`: ¼ of the mean of (‖x‖² − its mean)² (Wu, Liu, Li, Fu, "Deep Face Recognition with Center
 *   Invariant Loss", ACM MM Thematic Workshops 2017, there for centres)
 *
 * @returns scalar ≥ 0
 */
export function normRegularizer({ raw }: Batch, { rule, p }: NormRegularizerParams): Scalar {
  return tf.tidy(() => {
    switch (rule) {
      case 'length':
        return tf.mean<Scalar>(normsOf(raw, p))
      case 'zero-mean':
        return tf.mean<Scalar>(tf.abs(tf.sum(raw, 1)))
      case 'even': {
        const squares = tf.sum(tf.square(raw), 1)
        return tf.div<Scalar>(tf.mean(tf.square(tf.sub(squares, tf.mean(squares)))), 4)
      }
      default:
        return rule satisfies never
    }
  })
}

function normsOf(raw: tf.Tensor2D, p: number): tf.Tensor {
  if (p === 2) return lengths(raw)
  const size = tf.abs(raw)
  if (p === 1) return tf.sum(size, 1, true)
  // By the largest entry first: powers of long rows would be infinite.
  const largest = tf.maximum(tf.max(size, 1, true), 1e-12)
  const sums = tf.sum(tf.pow(tf.maximum(tf.div(size, largest), 1e-6), p), 1, true)
  return tf.mul(tf.pow(sums, 1 / p), largest)
}
