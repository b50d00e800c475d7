import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch } from './loss.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxTerms } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'

export interface NPairsParams {
  /** Divides similarities, > 0; 1 in the paper. */
  readonly temperature: number
  /** What gives the similarity; the paper's is the dot product of rows of any length. */
  readonly distance: Distance
  /** Over groups. */
  readonly reducer: Reducer
}

/**
 * N-pairs: one pair a group (an anchor and its first positive), and −log of the softmax of its similarity
 * against those of the anchor with the other groups' positives; reduced over groups.
 *
 * Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective", NIPS 2016.
 *
 * @returns scalar ≥ 0; 0 when there are no two groups
 */
export function nPairsLoss(batch: Batch, params: NPairsParams): Scalar {
  const pairs = nPairsPairs(batch.relation, params)
  return tf.tidy(() => {
    const logits = tf.div<Tensor2D>(similaritiesOf(batch, params.distance), params.temperature)
    const isCounted = tf.greater<Tensor2D>(tf.tensor2d(pairs.weights, logits.shape), 0)
    return reduce({ ...softmaxTerms(logits, pairs), isCounted }, params.reducer)
  })
}

/** The loss above in closed form, of cosines and the mean. */
export function nPairsPairs(
  relation: Relation,
  { temperature }: Pick<NPairsParams, 'temperature'>,
): SoftmaxPairs {
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
