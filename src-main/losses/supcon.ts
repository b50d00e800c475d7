import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similaritiesOf } from './distance.ts'
import type { Distance } from './distance.ts'
import type { Batch, Learnt } from './loss.ts'
import { countPairs, ignored, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { softmaxTerms } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'
import { temperatureOf } from './temperature.ts'
import type { TemperatureParams } from './temperature.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

/** The paper takes a temperature of .1, its code .07. */
export interface SupConParams extends TemperatureParams {
  /** What gives the similarity. */
  readonly distance: Distance
  /** Over anchors that count; `per-anchor` is the mean over all of them. */
  readonly reducer: Reducer
}

/**
 * SupCon (the paper's L_out): per anchor the mean over its positives of −log softmax of s_ip / τ, where
 * the denominator runs over all positives and negatives; reduced over anchors that have a positive.
 * An anchor whose only other is one positive has nothing to be told from and does not count.
 *
 * Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, arXiv:2004.11362. The authors' code
 * divides by all anchors instead, which differs when a label occurs once.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function supConLoss(batch: Batch, params: SupConParams, learnt: Learnt): Scalar {
  return tf.tidy(() => {
    const { relation } = batch
    const shape: [number, number] = [relation.rows, relation.columns]
    const temperature = temperatureOf(batch, params, learnt)
    const logits = tf.div<Tensor2D>(similaritiesOf(batch, params.distance), temperature)
    const { shares, denominator, isCounted } = anchorsOf(relation)
    const { values } = softmaxTerms(logits, { denominatorKind: 'all', denominator })
    const weights = tf.tensor2d(shares, shape)
    const ofPositives = tf.where(tf.greater(weights, 0), values, tf.zerosLike(values))
    const terms = tf.sum<Tensor2D>(tf.mul(weights, ofPositives), 1, true)
    const counted = tf.tensor2d(isCounted, [relation.rows, 1], 'bool')
    return reduce({ values: terms, isCounted: counted }, params.reducer)
  })
}

/** The loss above in closed form, of cosines, a fixed temperature and the mean over anchors that count. */
export function supConPairs(relation: Relation, { temperature }: TemperatureParams): SoftmaxPairs {
  const { shares, denominator, isCounted } = anchorsOf(relation)
  const anchors = Math.max(
    isCounted.reduce((sum, counts) => sum + counts, 0),
    1,
  )
  const weights = shares.map((share) => share / anchors)
  return { denominatorKind: 'all', temperature, weights, denominator }
}

interface SupConAnchors {
  /** Of each positive among its anchor's, 0 for all others and where the anchor does not count. */
  readonly shares: Float32Array
  readonly denominator: Float32Array
  /** 1 for anchors with a positive and something to be told from, `[rows]`. */
  readonly isCounted: Uint8Array
}

function anchorsOf(relation: Relation): SupConAnchors {
  const { rows, columns, cells } = relation
  const { positives, negatives, allNegatives } = countPairs(relation)
  const shares = new Float32Array(cells.length)
  const denominator = new Float32Array(cells.length)
  const isCounted = new Uint8Array(rows)
  for (let i = 0; i < rows; i++) {
    const own = positives[i] ?? 0
    const counts = allNegatives > 0 && own > 0 && own + (negatives[i] ?? 0) > 1
    isCounted[i] = counts ? 1 : 0
    for (let cell = i * columns; cell < (i + 1) * columns; cell++) {
      if (cells[cell] !== ignored) denominator[cell] = 1
      if (cells[cell] === positive && counts) shares[cell] = 1 / own
    }
  }
  return { shares, denominator, isCounted }
}
