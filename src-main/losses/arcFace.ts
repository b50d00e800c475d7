import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt } from './loss.ts'
import { lengths, safeUnitRows, withoutGradient } from './numerics.ts'
import { crossEntropy, ownCell, ownLabels, proxiesOf, withOwnLogit } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import type { Reducer } from './reducer.ts'

export interface ArcFaceParams extends ProxyOptions {
  /** m: added to the angle to the own label, in degrees, in [0, 90]; the paper takes .5 radians, 28.6°. */
  readonly angle: number
  /** s: multiplies the cosines, > 0; the paper takes 64. */
  readonly scale: number
  /** Centres of each label, the nearest of which counts; 1, or 3 in the paper on sub-centres. */
  readonly centres: number
  readonly reducer: Reducer
}

/**
 * ArcFace: cross entropy of cosines to one direction a label, where the own label's angle is made larger
 * by a margin: cos(θ + m) while θ ≤ π − m, beyond it cos θ − m sin m. With several centres a label it is
 * sub-centre ArcFace, in which odd rows gather at a centre of their own.
 *
 * Deng, Guo, Xue, Zafeiriou, "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019,
 * arXiv:1801.07698; Deng, Guo, Liu, Gong, Zafeiriou, "Sub-center ArcFace: Boosting Face Recognition by
 * Large-Scale Noisy Web Faces", ECCV 2020.
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function arcFaceLoss(
  batch: Batch,
  { angle, scale, centres, reducer }: ArcFaceParams,
  learnt: Learnt,
): Scalar {
  const { rows, labels } = batch
  const margin = (angle * Math.PI) / 180
  return tf.tidy(() => {
    const proxies = safeUnitRows(proxiesOf(learnt))
    const all = tf.matMul<Tensor2D>(rows, proxies, false, true)
    const shape: [number, number, number] = [rows.shape[0], all.shape[1] / centres, centres]
    const ofCentres = tf.reshape<tf.Rank.R3>(all, shape)
    const cosines = centres === 1 ? all : tf.max<Tensor2D>(ofCentres, 2)
    const nearest = tf.matMul<Tensor2D>(nearestOwn(ofCentres, labels), proxies)
    const own = ownCell(cosines, labels)
    const turned = tf.sub<Tensor2D>(
      tf.mul(own, Math.cos(margin)),
      tf.mul(sinesOf(rows, nearest), Math.sin(margin)),
    )
    const isBefore = withoutGradient(own, (c) => tf.greaterEqual(c, -Math.cos(margin)))
    const beyond = tf.sub<Tensor2D>(own, margin * Math.sin(margin))
    const changed = tf.where<Tensor2D>(isBefore, turned, beyond)
    const logits = tf.mul<Tensor2D>(withOwnLogit(cosines, changed, labels), scale)
    return crossEntropy(logits, labels, reducer)
  })
}

/** 1 at the own label's nearest centre, else 0, `[rows, labels · centres]`. */
function nearestOwn(ofCentres: tf.Tensor3D, labels: Int32Array): Tensor2D {
  const [rows, count, centres] = ofCentres.shape
  if (centres === 1) return tf.cast(ownLabels(labels, count), 'float32')
  return withoutGradient(ofCentres, (x) => {
    const isBest = tf.oneHot(tf.argMax<Tensor2D>(x, 2), centres)
    const isOwn = tf.cast(tf.expandDims(ownLabels(labels, count), 2), 'float32')
    const isChosen = tf.mul(tf.cast(isBest, 'float32'), isOwn)
    return tf.reshape<tf.Rank.R2>(isChosen, [rows, count * centres])
  })
}

/**
 * Sine of the angle of two unit rows from their distance d, d √(1 − d²/4): √(1 − cos²) loses half of its
 * digits and has no finite slope where they are the same. A row of zeros is at 90° to all.
 */
function sinesOf(a: Tensor2D, b: Tensor2D): Tensor2D {
  const d = lengths(tf.sub(a, b))
  const sine = tf.mul<Tensor2D>(d, tf.sqrt(tf.maximum(tf.sub(1, tf.div(tf.square(d), 4)), 1e-12)))
  const isLong = withoutGradient(a, (x) => tf.greater(tf.sum(tf.square(x), 1, true), 0.5))
  return tf.where<Tensor2D>(isLong, sine, tf.onesLike(sine))
}
