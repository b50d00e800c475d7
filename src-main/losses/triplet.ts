import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import { euclideanDistances } from './distance.ts'
import type { Batch } from './loss.ts'
import { mineTriplets, positiveDistances } from './mining.ts'
import type { Mining } from './mining.ts'
import { meanOfNonZero } from './numerics.ts'

export const tripletForms = ['hinge', 'soft'] as const

export interface TripletParams {
  /** How much farther than the positive a negative shall be, in distances in [0, 2]; FaceNet takes .2. */
  readonly margin: number
  readonly mining: Mining
  /** `hinge`: max(0, x); `soft`: log(1 + eˣ), which never quite stops pulling. */
  readonly form: (typeof tripletForms)[number]
}

/**
 * Triplet margin loss on Euclidean distances of unit rows: d_ap − d_an + margin, as a hinge or softly;
 * the mean over the mined triplets whose term is > 0.
 *
 * Schroff et al., "FaceNet: A Unified Embedding for Face Recognition and Clustering", CVPR 2015,
 * arXiv:1503.03832 (which squares the distances); the soft form is Hermans et al., "In Defense of the
 * Triplet Loss for Person Re-Identification", 2017, arXiv:1703.07737.
 *
 * @returns scalar ≥ 0; 0 when no triplet is left
 */
export function tripletLoss(batch: Batch, { margin, mining, form }: TripletParams): Scalar {
  return tf.tidy(() => {
    const distances = euclideanDistances(batch.rows, batch.columns)
    const { positives, mask } = mineTriplets(distances, batch.relation, { mining, margin })
    const excess = tf.add(
      tf.sub(positiveDistances(distances, positives), tf.expandDims(distances, 1)),
      margin,
    )
    const terms = form === 'hinge' ? tf.relu(excess) : tf.softplus(excess)
    return meanOfNonZero(tf.where(mask, terms, tf.zerosLike(terms)))
  })
}
