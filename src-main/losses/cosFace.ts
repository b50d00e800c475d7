import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt } from './loss.ts'
import { crossEntropy, proxyCosines, withOwnLogit } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import type { Reducer } from './reducer.ts'

export interface CosFaceParams extends ProxyOptions {
  /** m: taken off the own label's cosine, in [0, 1]; the paper takes .35. */
  readonly margin: number
  /** s: multiplies the cosines, > 0; the paper takes 64. */
  readonly scale: number
  readonly reducer: Reducer
}

/**
 * CosFace: cross entropy of cosines to one direction a label, the own label's less a margin.
 *
 * Wang, Wang, Zhou, Ji, Gong, Zhou, Li, Liu, "CosFace: Large Margin Cosine Loss for Deep Face
 * Recognition", CVPR 2018, arXiv:1801.09414.
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function cosFaceLoss(
  batch: Batch,
  { margin, scale, reducer }: CosFaceParams,
  learnt: Learnt,
): Scalar {
  return tf.tidy(() => {
    const logits = tf.mul<Tensor2D>(proxyCosines(batch, learnt), scale)
    const own = tf.sub<Tensor2D>(logits, scale * margin)
    return crossEntropy(withOwnLogit(logits, own, batch.labels), batch.labels, reducer)
  })
}
