import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import type { ContrastiveParams } from './contrastive.ts'
import { distancesOf } from './distance.ts'
import type { Batch } from './loss.ts'
import { liftedOf } from './liftedLoops.ts'
import { inLoops, isReadable, logSumExp, logZero, masksOf, withoutGradient } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Relation } from './relation.ts'

/**
 * Lifted structure: each ordered positive pair (i, j) is pulled against all negatives of i and of j at
 * once, v = log(Σ_n e^(m₋ − d_in) + Σ_n e^(m₋ − d_jn)) + d_ij − m₊; max(0, v)² / 2, reduced over pairs.
 *
 * Oh Song, Xiang, Jegelka, Savarese, "Deep Metric Learning via Lifted Structured Feature Embedding",
 * CVPR 2016, arXiv:1511.06452. The negatives of a column that is no anchor are not known and left out.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function liftedLoss(batch: Batch, { distance, ...margins }: ContrastiveParams): Scalar {
  return tf.tidy(() => {
    const { relation } = batch
    const distances = distancesOf(batch, distance)
    if (isReadable()) return inLoops(distances, (cells) => liftedOf(cells, relation, margins))
    return liftedInTensors(distances, relation, margins)
  })
}

/** The same for graphics cards, whose numbers cannot be read in the midst of a gradient. */
export function liftedInTensors(
  distances: Tensor2D,
  relation: Relation,
  { positiveMargin, negativeMargin, reducer }: Omit<ContrastiveParams, 'distance'>,
): Scalar {
  return tf.tidy(() => {
    const { isPositive, isNegative } = masksOf(relation)
    const push = logSumExp(tf.sub(negativeMargin, distances), isNegative)
    const further = relation.columns - relation.rows
    const pushOfColumns = tf.pad(
      tf.transpose(push),
      [
        [0, 0],
        [0, further],
      ],
      logZero,
    )
    const v = tf.add(logAddExp(push, pushOfColumns), tf.sub(distances, positiveMargin))
    const values = tf.div<Tensor2D>(tf.square(tf.relu(v)), 2)
    return reduce({ values, isCounted: isPositive }, reducer)
  })
}

/** log(eᵃ + eᵇ) of `[rows, 1]` with `[1, columns]`, `[rows, columns]`. */
function logAddExp(a: Tensor, b: Tensor): Tensor2D {
  const x = tf.add(a, tf.zerosLike(b))
  const y = tf.add(b, tf.zerosLike(a))
  const maximum = tf.maximum(constant(x), constant(y))
  return tf.add(maximum, tf.log(tf.add(tf.exp(tf.sub(x, maximum)), tf.exp(tf.sub(y, maximum)))))
}

function constant(x: Tensor): Tensor {
  return withoutGradient(x, (value) => tf.clone(value))
}
