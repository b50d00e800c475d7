import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt } from './loss.ts'
import { crossEntropy, proxyCosines } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import type { Reducer } from './reducer.ts'

export interface NormalizedSoftmaxParams extends ProxyOptions {
  /** σ: divides the cosines, > 0; the paper takes .05. */
  readonly temperature: number
  readonly reducer: Reducer
}

/**
 * Normalized softmax: cross entropy of cosines to one direction a label, over a temperature.
 *
 * Zhai, Wu, "Classification is a Strong Baseline for Deep Metric Learning", BMVC 2019, arXiv:1811.12649.
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function normalizedSoftmaxLoss(
  batch: Batch,
  { temperature, reducer }: NormalizedSoftmaxParams,
  learnt: Learnt,
): Scalar {
  return tf.tidy(() => {
    const logits = tf.div<Tensor2D>(proxyCosines(batch, learnt), temperature)
    return crossEntropy(logits, batch.labels, reducer)
  })
}
