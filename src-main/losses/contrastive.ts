import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { distancesOf, measurablePairs } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

export interface PairMargins {
  /** Positives nearer than this are left alone; ≥ 0, the paper's 0 pulls for ever. */
  readonly positiveMargin: number
  /** Negatives farther than this are left alone; > 0, the paper takes 1. */
  readonly negativeMargin: number
}

export interface ContrastiveParams extends PairMargins {
  /** What the margins measure; of a similarity s it is 1 − s. */
  readonly distance: Distance
  /** Of each kind's terms. */
  readonly reducer: Reducer
}

/**
 * Contrastive loss: max(0, d_ip − m₊) for each positive pair and max(0, m₋ − d_in) for each negative one;
 * each kind reduced by itself, added.
 *
 * Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", CVPR 2006 (which
 * squares the terms); in this form Musgrave et al., "PyTorch Metric Learning", arXiv:2008.09164. With the
 * ratio of noise to signal as distance: Yuan, Deng, Tang, Tang, Chen, "Signal-to-Noise Ratio: A Robust
 * Distance Metric for Deep Metric Learning", CVPR 2019, arXiv:1904.02616; an anchor whose coordinates are
 * all the same has no signal and no pairs then.
 *
 * @returns scalar ≥ 0
 */
export function contrastiveLoss(
  batch: Batch,
  { distance, reducer, positiveMargin, negativeMargin }: ContrastiveParams,
): Scalar {
  return tf.tidy(() => {
    const distances = distancesOf(batch, distance)
    const { isPositive, isNegative } = masksOf(batch.relation)
    const termsOf = (values: Tensor2D, mask: Tensor2D) => ({
      values: tf.relu(values),
      isCounted: measurablePairs(mask, batch, distance),
    })
    return tf.add(
      reduce(termsOf(tf.sub(distances, positiveMargin), isPositive), reducer),
      reduce(termsOf(tf.sub(negativeMargin, distances), isNegative), reducer),
    )
  })
}
