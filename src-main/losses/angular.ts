import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { logSumExp, masksOf } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'
import { positivePairs } from './relation.ts'

export interface AngularParams {
  /** α, the greatest angle at the negative, in degrees, in (0, 60]; the paper takes 36 – 55. */
  readonly angle: number
  /** Negatives as they are before normalisation, as the reference has them; false: unit rows throughout. */
  readonly hasRawNegatives: boolean
  /** Over positive pairs. */
  readonly reducer: Reducer
}

/**
 * Angular loss: bounds the angle at the negative of the triangle with an anchor and its positive; for
 * each ordered positive pair log(1 + Σ_n e^f), f = 4 tan²α (z_a + z_p)·z_n − 2(1 + tan²α) z_a·z_p;
 * reduced over pairs.
 *
 * Wang, Zhou, Wen, Liu, Lin, "Deep Metric Learning with Angular Loss", ICCV 2017, arXiv:1708.01682.
 *
 * @returns scalar ≥ 0
 */
export function angularLoss(
  { rows, columns, rawColumns, relation }: Batch,
  { angle, hasRawNegatives, reducer }: AngularParams,
): Scalar {
  const { anchors, positives } = positivePairs(relation)
  const tan2 = Math.tan((angle * Math.PI) / 180) ** 2
  return tf.tidy(() => {
    if (anchors.length === 0) return tf.sum<Scalar>(tf.zerosLike(rows))
    const anchorOf = tf.tensor1d(anchors, 'int32')
    const a = tf.gather(rows, anchorOf)
    const p = tf.gather(columns, tf.tensor1d(positives, 'int32'))
    const { isNegative } = masksOf(relation)
    const isNegativeOf = tf.cast<Tensor2D>(
      tf.gather(tf.cast(isNegative, 'int32'), anchorOf),
      'bool',
    )
    const negatives = hasRawNegatives ? rawColumns : columns
    const toNegatives = tf.mul(similarities(tf.add(a, p), negatives), 4 * tan2)
    const own = tf.mul(tf.sum(tf.mul(a, p), 1, true), 2 * (1 + tan2))
    const excess = logSumExp(tf.sub(toNegatives, own), isNegativeOf)
    const isCounted = tf.onesLike(tf.cast<Tensor2D>(excess, 'bool'))
    return reduce({ values: tf.softplus(excess), isCounted, excess }, reducer)
  })
}
