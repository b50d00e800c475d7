import type { Scalar } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxPairsLoss } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'

export interface NtXentParams {
  /** τ: the smaller, the more of the push lands on the nearest negatives. > 0; SimCLR takes .1 – .5. */
  readonly temperature: number
}

/**
 * NT-Xent: for each ordered positive pair (i, p), −log of the softmax of s_ip / τ against the negatives
 * of i; the mean over pairs. With two views of each image it is SimCLR's InfoNCE. Where an anchor has
 * several positives, the others are not in the denominator.
 *
 * Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020,
 * arXiv:2002.05709; with labels as in Musgrave et al., "PyTorch Metric Learning", arXiv:2008.09164.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function ntXentLoss({ rows, columns, relation }: Batch, params: NtXentParams): Scalar {
  return softmaxPairsLoss(rows, columns, ntXentPairs(relation, params))
}

/** The loss above in closed form. */
export function ntXentPairs(relation: Relation, { temperature }: NtXentParams): SoftmaxPairs {
  const { cells } = relation
  const { allPositives } = countPairs(relation)
  const weights = new Float32Array(cells.length)
  const denominator = new Float32Array(cells.length)
  for (let cell = 0; cell < cells.length; cell++) {
    if (cells[cell] === positive) weights[cell] = 1 / allPositives
    else if (cells[cell] === negative) denominator[cell] = 1
  }
  return { denominatorKind: 'own', temperature, weights, denominator }
}
