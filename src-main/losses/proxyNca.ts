import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch, Learnt } from './loss.ts'
import { againstProxies, crossEntropy } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import type { Reducer } from './reducer.ts'

export interface ProxyNcaParams extends ProxyOptions {
  /** Multiplies distances, > 0; the paper's is 1 with rows of length 3, which is 9. */
  readonly scale: number
  /** The paper's is the squared Euclidean one. */
  readonly distance: Distance
  readonly reducer: Reducer
}

/**
 * ProxyNCA: each label has a proxy that is learnt, and a row shall pick its own among all with a
 * probability ∝ e^(−scale d): −log of it, reduced over rows.
 *
 * Movshovitz-Attias, Toshev, Leung, Ioffe, Singh, "No Fuss Distance Metric Learning using Proxies", ICCV
 * 2017, arXiv:1703.07464 (which leaves the own proxy out of the denominator; with it, as here, it is the
 * form of Teh, DeVries, Taylor, "ProxyNCA++", ECCV 2020, arXiv:2004.01113).
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function proxyNcaLoss(
  batch: Batch,
  { scale, distance, reducer }: ProxyNcaParams,
  learnt: Learnt,
): Scalar {
  return tf.tidy(() => {
    const similarity = similaritiesOf(againstProxies(batch, learnt), distance)
    return crossEntropy(tf.mul<Tensor2D>(similarity, scale), batch.labels, reducer)
  })
}
