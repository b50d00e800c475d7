import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import { pairMarginLoss } from './contrastive.ts'
import type { PairMargins } from './contrastive.ts'
import { squaredDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf, withoutGradient } from './numerics.ts'

/** Share of a unit row's length that its variance must have: below, noise over signal has no meaning. */
const leastSignal = 1e-6

/**
 * Contrastive loss on the ratio of noise to signal: the variance over the coordinates of z_i − z_j, over
 * that of z_i. Not symmetric. An anchor whose coordinates are all the same has no signal and no pairs.
 *
 * Yuan, Deng, Tang, Tang, Chen, "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric
 * Learning", CVPR 2019, arXiv:1904.02616, without its regulariser of the mean.
 *
 * @returns scalar ≥ 0
 */
export function snrLoss({ rows, columns, relation }: Batch, margins: PairMargins): Scalar {
  return tf.tidy(() => {
    const anchors = centred(rows)
    const noise = squaredDistances(anchors, centred(columns))
    const signal = tf.sum(tf.square(anchors), 1, true)
    const hasSignal = (x: Tensor) => tf.greater(x, leastSignal)
    const safeSignal = tf.where(withoutGradient(signal, hasSignal), signal, tf.onesLike(signal))
    const ratio = tf.div<Tensor2D>(noise, safeSignal)
    const { isPositive, isNegative } = masksOf(relation)
    const whereSignal = (mask: Tensor2D) =>
      withoutGradient(signal, (x) => tf.logicalAnd<Tensor2D>(mask, hasSignal(x)))
    const masks = { isPositive: whereSignal(isPositive), isNegative: whereSignal(isNegative) }
    return pairMarginLoss(ratio, masks, margins)
  })
}

function centred(x: Tensor2D): Tensor2D {
  return tf.sub(x, tf.mean(x, 1, true))
}
