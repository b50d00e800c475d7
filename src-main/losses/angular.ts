import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { angularOf } from './angularLoops.ts'
import type { AngularTask } from './angularLoops.ts'
import { similarities } from './distance.ts'
import type { Batch } from './loss.ts'
import { inLoops, isReadable, logSumExp, masksOf, rowsAt } from './numerics.ts'
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
export function angularLoss(batch: Batch, params: AngularParams): Scalar {
  const { rows, columns, rawColumns, relation } = batch
  const { angle, hasRawNegatives, reducer } = params
  const pairs = positivePairs(relation)
  const tan2 = Math.tan((angle * Math.PI) / 180) ** 2
  return tf.tidy(() => {
    if (pairs.anchors.length === 0) return tf.sum<Scalar>(tf.zerosLike(rows))
    const negatives = hasRawNegatives ? rawColumns : columns
    if (!isReadable()) return inTensors(batch, negatives, { pairs, tan2, reducer })
    // Positives that are no anchors have a row of their own below the anchors'.
    const further = [...new Set(pairs.positives.filter((p) => p >= relation.rows))]
    const below = new Map(further.map((p, k) => [p, relation.rows + k]))
    const measured =
      further.length === 0 ? rows : tf.concat([rows, rowsAt(columns, Int32Array.from(further))], 0)
    const cells = tf.concat([similarities(rows, columns), similarities(measured, negatives)], 0)
    const rowOf = (column: number) => below.get(column) ?? column
    const task = { relation, pairs, tan2, reducer, rowOf, ownRows: relation.rows }
    return inLoops(cells, (numbers) => angularOf(numbers, task))
  })
}

/** The same for graphics cards, whose numbers cannot be read in the midst of a gradient. */
function inTensors(
  { rows, columns, relation }: Batch,
  negatives: Tensor2D,
  { pairs, tan2, reducer }: Pick<AngularTask, 'pairs' | 'tan2' | 'reducer'>,
): Scalar {
  const anchorOf = tf.tensor1d(pairs.anchors, 'int32')
  const a = tf.gather(rows, anchorOf)
  const p = tf.gather(columns, tf.tensor1d(pairs.positives, 'int32'))
  const { isNegative } = masksOf(relation)
  const isNegativeOf = tf.cast<Tensor2D>(tf.gather(tf.cast(isNegative, 'int32'), anchorOf), 'bool')
  const toNegatives = tf.mul(similarities(tf.add(a, p), negatives), 4 * tan2)
  const own = tf.mul(tf.sum(tf.mul(a, p), 1, true), 2 * (1 + tan2))
  const excess = logSumExp(tf.sub(toNegatives, own), isNegativeOf)
  const isCounted = tf.onesLike(tf.cast<Tensor2D>(excess, 'bool'))
  return reduce({ values: tf.softplus(excess), isCounted, excess }, reducer)
}
