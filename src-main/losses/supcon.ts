import type { Scalar } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { countPairs, ignored, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxPairsLoss } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'

export interface SupConParams {
  /** τ: the smaller, the more of the push lands on the nearest negatives. > 0; the paper takes .1. */
  readonly temperature: number
}

/**
 * SupCon (the paper's L_out): per anchor the mean over its positives of −log softmax of s_ip / τ, where
 * the denominator runs over all positives and negatives; the mean over anchors that have a positive.
 * An anchor whose only other is one positive has nothing to be told from and does not count.
 *
 * Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, arXiv:2004.11362. The authors' code
 * divides by all anchors instead, which differs when a label occurs once.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function supConLoss({ rows, columns, relation }: Batch, params: SupConParams): Scalar {
  return softmaxPairsLoss(rows, columns, supConPairs(relation, params))
}

/** The loss above in closed form. */
export function supConPairs(relation: Relation, { temperature }: SupConParams): SoftmaxPairs {
  const { rows, columns, cells } = relation
  const counts = countPairs(relation)
  const positivesOf = (i: number) => counts.positives[i] ?? 0
  const isCounted = (i: number) =>
    positivesOf(i) > 0 && positivesOf(i) + (counts.negatives[i] ?? 0) > 1
  let anchors = 0
  for (let i = 0; i < rows; i++) if (isCounted(i)) anchors++

  const weights = new Float32Array(cells.length)
  const denominator = new Float32Array(cells.length)
  for (let i = 0; i < rows; i++) {
    const weight = isCounted(i) && counts.allNegatives > 0 ? 1 / (anchors * positivesOf(i)) : 0
    for (let cell = i * columns; cell < (i + 1) * columns; cell++) {
      if (cells[cell] !== ignored) denominator[cell] = 1
      if (cells[cell] === positive) weights[cell] = weight
    }
  }
  return { denominatorKind: 'all', temperature, weights, denominator }
}
