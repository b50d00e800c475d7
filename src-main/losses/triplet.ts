import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import { distancesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch } from './loss.ts'
import { inLoops, isReadable } from './numerics.ts'
import { tripletsInTensors } from './tripletInTensors.ts'
import { tripletsOf } from './tripletLoops.ts'
import type { TripletRule } from './tripletLoops.ts'

export interface TripletParams extends TripletRule {
  /** Of a similarity s it is 1 − s. */
  readonly distance: Distance
}

/**
 * Triplet margin loss: d_ap − d_an + margin, as a hinge or softly, reduced over the mined triplets. A
 * gradient flows through the distances of a triplet, not through its choice.
 *
 * Schroff et al., "FaceNet: A Unified Embedding for Face Recognition and Clustering", CVPR 2015,
 * arXiv:1503.03832 (which squares the distances); the soft form is Hermans et al., "In Defense of the
 * Triplet Loss for Person Re-Identification", 2017, arXiv:1703.07737; the swap is Balntas, Riba, Ponsa,
 * Mikolajczyk, "Learning local feature descriptors with triplets and shallow convolutional neural
 * networks", BMVC 2016.
 *
 * @returns scalar ≥ 0; 0 when no triplet is left
 */
export function tripletLoss(batch: Batch, { distance, ...rule }: TripletParams): Scalar {
  const { relation, triplets } = batch
  const task = { relation, rule, ...(triplets && { given: triplets }) }
  return tf.tidy(() => {
    const distances = distancesOf(batch, distance)
    if (!isReadable()) return tripletsInTensors(distances, task)
    return inLoops(distances, (cells) => tripletsOf(cells, task))
  })
}
