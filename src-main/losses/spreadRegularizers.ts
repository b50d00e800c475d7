import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { euclideanDistances, similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { maskOf, meanWhere, withoutGradient } from './numerics.ts'
import { countPairs, negative } from './relation.ts'

/** Distances below count as this: the logarithm and its slope stay finite. */
const nearest = 1e-4

/**
 * KoLeo: −log of each row's distance to its nearest negative, averaged over rows that have one. Spreads
 * rows evenly, since the nearest are pushed most.
 *
 * Sablayrolles, Douze, Schmid, Jégou, "Spreading vectors for similarity search", ICLR 2019,
 * arXiv:1806.03198 (over all other rows; here positives may stay near).
 *
 * @returns scalar ≥ −log 2
 */
export function koLeoRegularizer({ rows, columns, relation }: Batch): Scalar {
  const isCounted = Uint8Array.from(countPairs(relation).negatives, (count) => (count > 0 ? 1 : 0))
  return tf.tidy(() => {
    const distances = euclideanDistances(rows, columns)
    const isNegative = maskOf(relation.cells, negative, [relation.rows, relation.columns])
    const others = tf.where<Tensor2D>(isNegative, distances, tf.fill(distances.shape, 4))
    const isNearest = withoutGradient(others, (d) =>
      tf.cast(tf.oneHot(tf.argMin<tf.Tensor1D>(d, 1), relation.columns), 'float32'),
    )
    const found = tf.sum(tf.mul(distances, isNearest), 1)
    const terms = tf.neg(tf.log(tf.maximum(found, nearest)))
    return meanWhere(tf.tensor1d(isCounted, 'bool'), terms)
  })
}

/**
 * Spread-out: negatives shall have similarities as random directions have, a mean of 0 and a mean square
 * of 1/dim at most: M₁² + max(0, M₂ − 1/dim).
 *
 * Zhang, Yu, Kumar, Chang, "Learning Spread-out Local Feature Descriptors", ICCV 2017, arXiv:1708.06320.
 *
 * @returns scalar ≥ 0
 */
export function spreadOutRegularizer({ rows, columns, relation }: Batch): Scalar {
  return tf.tidy(() => {
    const similarity = similarities(rows, columns)
    const isNegative = maskOf(relation.cells, negative, [relation.rows, relation.columns])
    const first = meanWhere(isNegative, similarity)
    const second = meanWhere(isNegative, tf.square(similarity))
    return tf.add<Scalar>(tf.square(first), tf.relu(tf.sub(second, 1 / rows.shape[1])))
  })
}
