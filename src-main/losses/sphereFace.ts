import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt } from './loss.ts'
import { lengths, withoutGradient } from './numerics.ts'
import { crossEntropy, ownCell, proxyCosines, withOwnLogit } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import type { Reducer } from './reducer.ts'

export const sphereFaceFactors = ['2', '3', '4'] as const

export interface SphereFaceParams extends ProxyOptions {
  /** m: multiplies the angle to the own label; the paper takes 4. */
  readonly factor: (typeof sphereFaceFactors)[number]
  /** Multiplies the logits, which are as long as the rows, > 0; 1 in the paper. */
  readonly scale: number
  readonly reducer: Reducer
}

/**
 * SphereFace (A-softmax): cross entropy of ‖x‖ cos θ to one direction a label, where the own label's angle
 * counts m times: ‖x‖ ψ(θ), ψ = (−1)^k cos mθ − 2k, k the number of whole turns of π that mθ has made. Rows
 * keep their length.
 *
 * Liu, Wen, Yu, Li, Raj, Song, "SphereFace: Deep Hypersphere Embedding for Face Recognition", CVPR 2017,
 * arXiv:1704.08063, without the annealing of its code.
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function sphereFaceLoss(
  batch: Batch,
  { factor, scale, reducer }: SphereFaceParams,
  learnt: Learnt,
): Scalar {
  const { labels, raw } = batch
  return tf.tidy(() => {
    const cosines = proxyCosines(batch, learnt)
    const own = ownCell(cosines, labels)
    const turns = withoutGradient(own, (c) => {
      const angle = tf.acos(tf.clipByValue(c, -1, 1))
      return tf.minimum(
        tf.floor(tf.div(tf.mul(angle, Number(factor)), Math.PI)),
        Number(factor) - 1,
      )
    })
    const sign = tf.sub(1, tf.mul(tf.mod(turns, 2), 2))
    const changed = tf.sub<Tensor2D>(tf.mul(sign, multipleAngle(own, factor)), tf.mul(turns, 2))
    const length = tf.mul(lengths(raw), scale)
    const logits = tf.mul<Tensor2D>(withOwnLogit(cosines, changed, labels), length)
    return crossEntropy(logits, labels, reducer)
  })
}

/** cos mθ as a polynomial of cos θ: smooth also where the angle has no slope. */
function multipleAngle(cosine: Tensor2D, factor: SphereFaceParams['factor']): Tensor2D {
  const twice = tf.sub<Tensor2D>(tf.mul(tf.square(cosine), 2), 1)
  switch (factor) {
    case '2':
      return twice
    case '3':
      return tf.mul(cosine, tf.sub(tf.mul(twice, 2), 1))
    case '4':
      return tf.sub(tf.mul(tf.square(twice), 2), 1)
    default:
      return factor satisfies never
  }
}
