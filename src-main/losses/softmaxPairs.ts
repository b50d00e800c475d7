import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { excessOver, isReadable, maskedLogSumExp, weightedSum } from './numerics.ts'

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
    const similarity = tf.matMul<Tensor2D>(rows, columns, false, true)
    return weightedSoftmaxPairs(tf.div(similarity, pairs.temperature), pairs)
  })
}

/** The same of any logits `[rows, columns]`; the pairs' temperature is not looked at. Call inside `tf.tidy`. */
export function weightedSoftmaxPairs(logits: Tensor2D, pairs: SoftmaxPairs): Scalar {
  const { values } = softmaxTerms(logits, pairs)
  if (isReadable()) return weightedSum(values, pairs.weights)
  const weights = tf.tensor2d(pairs.weights, logits.shape)
  return tf.sum<Scalar>(
    tf.mul(weights, tf.where(tf.greater(weights, 0), values, tf.zerosLike(values))),
  )
}

/**
 * −log softmax of each logit among those of its row's denominator: of `own` it joins them itself.
 * Call inside `tf.tidy`.
 */
export function softmaxTerms(
  logits: Tensor2D,
  { denominatorKind, denominator }: Pick<SoftmaxPairs, 'denominatorKind' | 'denominator'>,
): { readonly values: Tensor2D; readonly excess?: Tensor2D } {
  const isIn = tf.tensor2d(Uint8Array.from(denominator), logits.shape, 'bool')
  const excess = excessOver(maskedLogSumExp(logits, isIn), logits)
  return denominatorKind === 'all' ? { values: excess } : { values: tf.softplus(excess), excess }
}
