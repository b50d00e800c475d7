import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances, similarities, squaredDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { masksOf, meanOfNonZero, only } from './numerics.ts'
import type { Masks } from './numerics.ts'

/** `cosine` is 1 − similarity. */
export const pairDistances = ['euclidean', 'squared', 'cosine'] as const
export type PairDistance = (typeof pairDistances)[number]

export interface PairMargins {
  /** Positives nearer than this are left alone; ≥ 0, the paper's 0 pulls for ever. */
  readonly positiveMargin: number
  /** Negatives farther than this are left alone; > 0, the paper takes 1. */
  readonly negativeMargin: number
}

export interface ContrastiveParams extends PairMargins {
  readonly distance: PairDistance
}

/**
 * Contrastive loss: max(0, d_ip − m₊) for each positive pair and max(0, m₋ − d_in) for each negative one;
 * each kind's mean over the terms that are > 0, added.
 *
 * Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", CVPR 2006 (which
 * squares the terms); with these means as in Musgrave et al., "PyTorch Metric Learning", arXiv:2008.09164.
 *
 * @returns scalar ≥ 0
 */
export function contrastiveLoss(
  { rows, columns, relation }: Batch,
  { distance, ...margins }: ContrastiveParams,
): Scalar {
  return tf.tidy(() =>
    pairMarginLoss(distanceOf(distance, rows, columns), masksOf(relation), margins),
  )
}

/**
 * The terms above for any distance. Call inside `tf.tidy`.
 *
 * @param distances `[rows, columns]`
 */
export function pairMarginLoss(
  distances: Tensor2D,
  { isPositive, isNegative }: Masks,
  { positiveMargin, negativeMargin }: PairMargins,
): Scalar {
  const tooFar = only(isPositive, tf.relu(tf.sub(distances, positiveMargin)))
  const tooNear = only(isNegative, tf.relu(tf.sub(negativeMargin, distances)))
  return tf.add(meanOfNonZero(tooFar), meanOfNonZero(tooNear))
}

function distanceOf(distance: PairDistance, rows: Tensor2D, columns: Tensor2D): Tensor2D {
  switch (distance) {
    case 'euclidean':
      return euclideanDistances(rows, columns)
    case 'squared':
      return squaredDistances(rows, columns)
    case 'cosine':
      return tf.sub(1, similarities(rows, columns))
    default:
      return distance satisfies never
  }
}
