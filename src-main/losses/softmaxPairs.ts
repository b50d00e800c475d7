import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { maskedLogSumExp } from './numerics.ts'

/**
 * Losses that are a weighted sum over ordered pairs (i, p) of −log softmax, as data: it has the shape
 * that an encoder takes, so that an engine may compute the loss inside its graph.
 * With s = z zᵀ / temperature:
 *
 * - `all`: L = Σ_ip W_ip · (log Σ_{k ∈ D(i)} e^{s_ik} − s_ip)
 * - `own`: L = Σ_ip W_ip · (log(e^{s_ip} + Σ_{k ∈ D(i)} e^{s_ik}) − s_ip)
 */
export interface SoftmaxPairs {
  readonly denominatorKind: 'all' | 'own'
  readonly temperature: number
  /** W, `[rows, columns]`; 0 where (i, p) is no positive. */
  readonly weights: Float32Array
  /** 1 where k is in D(i), else 0, `[rows, columns]`. */
  readonly denominator: Float32Array
}

/**
 * The loss that the pairs describe.
 *
 * @param rows anchors, unit rows `[rows, dim]`
 * @param columns others, unit rows `[columns, dim]`
 * @returns scalar ≥ 0, finite at any temperature that float32 logits allow (≥ 1e-6)
 */
export function softmaxPairsLoss(rows: Tensor2D, columns: Tensor2D, pairs: SoftmaxPairs): Scalar {
  return tf.tidy(() => {
    const shape: [number, number] = [rows.shape[0], columns.shape[0]]
    const similarity = tf.matMul<Tensor2D>(rows, tf.transpose(columns))
    const logits = tf.div<Tensor2D>(similarity, pairs.temperature)
    const denominator = tf.cast<Tensor2D>(tf.tensor2d(pairs.denominator, shape), 'bool')
    const weights = tf.tensor2d(pairs.weights, shape)

    const { maximum, rest } = maskedLogSumExp(logits, denominator)
    const excess = tf.add(tf.sub(maximum, logits), rest)
    const terms = pairs.denominatorKind === 'all' ? excess : tf.softplus(excess)
    const isPositive = tf.greater(weights, 0)
    return tf.sum<Scalar>(tf.mul(weights, tf.where(isPositive, terms, tf.zerosLike(terms))))
  })
}
