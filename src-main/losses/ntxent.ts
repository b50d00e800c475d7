import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch, Learnt } from './loss.ts'
import { maskOf } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'
import { countPairs, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxTerms } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'
import { temperatureOf } from './temperature.ts'
import type { TemperatureParams } from './temperature.ts'

/** SimCLR takes a temperature of .1 – .5. */
export interface NtXentParams extends TemperatureParams {
  /** What gives the similarity. */
  readonly distance: Distance
  /** Over ordered positive pairs. */
  readonly reducer: Reducer
}

/**
 * NT-Xent: for each ordered positive pair (i, p), −log of the softmax of s_ip / τ against the negatives
 * of i; reduced over pairs. With two views of each image it is SimCLR's InfoNCE. Where an anchor has
 * several positives, the others are not in the denominator.
 *
 * Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020,
 * arXiv:2002.05709; with labels as in Musgrave et al., "PyTorch Metric Learning", arXiv:2008.09164.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function ntXentLoss(batch: Batch, params: NtXentParams, learnt: Learnt): Scalar {
  return tf.tidy(() => {
    const { relation } = batch
    const temperature = temperatureOf(batch, params, learnt)
    const logits = tf.div<Tensor2D>(similaritiesOf(batch, params.distance), temperature)
    const isCounted = maskOf(relation.cells, positive, [relation.rows, relation.columns])
    return reduce(
      { ...softmaxTerms(logits, ntXentPairs(relation, params)), isCounted },
      params.reducer,
    )
  })
}

/** The loss above in closed form, of cosines, a fixed temperature and the mean. */
export function ntXentPairs(relation: Relation, { temperature }: TemperatureParams): SoftmaxPairs {
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
