import * as tf from '../numeric/tf.ts'
import type { Scalar } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch, Learnt } from './loss.ts'
import { acrossViews, countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { weightedSoftmaxPairs } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'
import { temperatureOf } from './temperature.ts'
import type { TemperatureParams } from './temperature.ts'

/** `both`: first views look for their second ones and the reverse; `one`: only the former. */
export const crossViewDirections = ['both', 'one'] as const

/** MoCo and CLIP begin at a temperature of .07. */
export interface CrossViewParams extends TemperatureParams {
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
export function crossViewLoss(batch: Batch, params: CrossViewParams, learnt: Learnt): Scalar {
  return tf.tidy(() => {
    const temperature = temperatureOf(batch, params, learnt)
    const logits = tf.div<tf.Tensor2D>(similarities(batch.rows, batch.columns), temperature)
    return weightedSoftmaxPairs(logits, crossViewPairs(batch.relation, params))
  })
}

/** The loss above in closed form, of a fixed temperature. */
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
