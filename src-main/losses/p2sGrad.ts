import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt } from './loss.ts'
import { labelledRows, ownLabels, proxyCosines } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

export interface P2sGradParams extends ProxyOptions {
  readonly reducer: Reducer
}

/**
 * P2SGrad: pulls a row's cosine to its own label's direction to 1 and all others to 0 with a force that
 * is the cosine's own error, without scale or margin: ½ Σ_k (cos θ_k − [k own])², whose gradient is the
 * paper's Σ_k (cos θ_k − [k own]) ∇cos θ_k.
 *
 * Zhang, Zhao, Yan, Gao, Qiao, Wang, Li, "P2SGrad: Refined Gradients for Optimizing Deep Face Models", CVPR
 * 2019, arXiv:1905.02479.
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function p2sGradLoss(batch: Batch, { reducer }: P2sGradParams, learnt: Learnt): Scalar {
  const { labels } = batch
  return tf.tidy(() => {
    const cosines = proxyCosines(batch, learnt)
    const goals = tf.cast(ownLabels(labels, cosines.shape[1]), 'float32')
    const errors = tf.square(tf.sub(cosines, goals))
    const values = tf.div<Tensor2D>(tf.sum(errors, 1, true), 2)
    return reduce({ values, isCounted: labelledRows(labels) }, reducer)
  })
}
