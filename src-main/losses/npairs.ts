import type { Scalar } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxPairsLoss } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'

export interface NPairsParams {
  /** Divides similarities, > 0; 1 is the paper's formula, whose rows however have any length. */
  readonly temperature: number
}

/**
 * N-pairs: one pair a group (an anchor and its first positive), and −log of the softmax of its similarity
 * against those of the anchor with the other groups' positives; the mean over groups.
 *
 * Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective", NIPS 2016.
 *
 * @returns scalar ≥ 0; 0 when there are no two groups
 */
export function nPairsLoss({ rows, columns, relation }: Batch, params: NPairsParams): Scalar {
  return softmaxPairsLoss(rows, columns, nPairsPairs(relation, params))
}

/** The loss above in closed form. */
export function nPairsPairs(relation: Relation, { temperature }: NPairsParams): SoftmaxPairs {
  const { columns, cells } = relation
  const groups = groupsOf(relation)
  const weights = new Float32Array(cells.length)
  const denominator = new Float32Array(cells.length)
  for (const own of groups) {
    weights[own.anchor * columns + own.other] = 1 / groups.length
    for (const { other } of groups) {
      const cell = own.anchor * columns + other
      if (cells[cell] === negative) denominator[cell] = 1
    }
  }
  return { denominatorKind: 'own', temperature, weights, denominator }
}

/** Anchors that have no positive before them, each with its first positive. */
function groupsOf({ rows, columns, cells }: Relation): { anchor: number; other: number }[] {
  const groups: { anchor: number; other: number }[] = []
  for (let anchor = 0; anchor < rows; anchor++) {
    const other = cells.subarray(anchor * columns, (anchor + 1) * columns).indexOf(positive)
    if (other > anchor) groups.push({ anchor, other })
  }
  return groups
}
