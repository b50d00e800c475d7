import type { Scalar } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { acrossViews, countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxPairsLoss } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'

/** `both`: first views look for their second ones and the reverse; `one`: only the former. */
export const crossViewDirections = ['both', 'one'] as const

export interface CrossViewParams {
  /** τ > 0; the smaller, the more of the push lands on the nearest negatives. MoCo and CLIP begin at .07. */
  readonly temperature: number
  readonly direction: (typeof crossViewDirections)[number]
}

/**
 * InfoNCE between two sets: NT-Xent in which first views meet only second views and the reverse, so that
 * two first views never push each other; the mean over the pairs of one direction or of both.
 *
 * van den Oord, Li, Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018,
 * arXiv:1807.03748; in both directions Radford et al., "Learning Transferable Visual Models From Natural
 * Language Supervision", ICML 2021, arXiv:2103.00020.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair across views
 */
export function crossViewLoss({ rows, columns, relation }: Batch, params: CrossViewParams): Scalar {
  return softmaxPairsLoss(rows, columns, crossViewPairs(relation, params))
}

/** The loss above in closed form. */
export function crossViewPairs(
  relation: Relation,
  { temperature, direction }: CrossViewParams,
): SoftmaxPairs {
  const { rows, columns, cells, firstViews = rows } = acrossViews(relation)
  const asking = direction === 'both' ? rows : firstViews
  const asked = cells.subarray(0, asking * columns)
  const { allPositives } = countPairs({ rows: asking, columns, cells: asked })
  const weights = new Float32Array(cells.length)
  const denominator = new Float32Array(cells.length)
  for (const [cell, kind] of asked.entries()) {
    if (kind === positive) weights[cell] = 1 / allPositives
    else if (kind === negative) denominator[cell] = 1
  }
  return { denominatorKind: 'own', temperature, weights, denominator }
}
