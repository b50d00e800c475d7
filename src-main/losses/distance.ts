import * as tf from '../numeric/tf.ts'
import type { Tensor2D } from '../numeric/tf.ts'
import { lpDistances } from './lpDistances.ts'
import type { Batch } from './loss.ts'
import { withoutGradient } from './numerics.ts'

/**
 * How far apart two rows are.
 *
 * - `lp`: ‖a − b‖ₚ to a power, p ≥ 1
 * - `cosine`: a similarity, in [−1, 1]
 * - `dot`: a similarity; the cosine where rows are unit rows
 * - `snr`: Var(a − b) / Var(a) over the coordinates, not symmetric (Yuan et al., CVPR 2019, arXiv:1904.02616)
 */
export type Distance =
  | { readonly kind: 'lp'; readonly p: number; readonly power: number; readonly isUnit: boolean }
  | { readonly kind: 'cosine' }
  | { readonly kind: 'dot'; readonly isUnit: boolean }
  | { readonly kind: 'snr'; readonly isUnit: boolean }

/** What can be chosen by name, all of unit rows. */
export const namedDistances = {
  euclidean: { kind: 'lp', p: 2, power: 1, isUnit: true },
  squared: { kind: 'lp', p: 2, power: 2, isUnit: true },
  manhattan: { kind: 'lp', p: 1, power: 1, isUnit: true },
  cosine: { kind: 'cosine' },
  snr: { kind: 'snr', isUnit: true },
} as const satisfies Readonly<Record<string, Distance>>

/** Share of a unit row's length that its variance must have: below, noise over signal has no meaning. */
const leastSignal = 1e-6

/**
 * Distance of every anchor to every other; 1 − s where the measure is a similarity s, so that far is
 * large for all. The gradient of a distance of exactly 0 is 0. Call inside `tf.tidy`.
 *
 * @returns `[rows, columns]`
 */
export function distancesOf(batch: Batch, distance: Distance): Tensor2D {
  switch (distance.kind) {
    case 'lp':
      return lpDistances(...measured(batch, distance.isUnit), distance)
    case 'cosine':
    case 'dot':
      return tf.sub(1, similaritiesOf(batch, distance))
    case 'snr':
      return noiseOverSignal(...measured(batch, distance.isUnit))
    default:
      return distance satisfies never
  }
}

/** Similarity of every anchor to every other, `[rows, columns]`; −d where the measure is a distance d. */
export function similaritiesOf(batch: Batch, distance: Distance): Tensor2D {
  switch (distance.kind) {
    case 'cosine':
      return similarities(batch.rows, batch.columns)
    case 'dot':
      return similarities(...measured(batch, distance.isUnit))
    case 'lp':
    case 'snr':
      return tf.neg(distancesOf(batch, distance))
    default:
      return distance satisfies never
  }
}

/**
 * The pairs of a mask whose anchor can be measured from: without a signal, noise over it means nothing.
 *
 * @param mask bool, `[rows, columns]`
 */
export function measurablePairs(mask: Tensor2D, batch: Batch, distance: Distance): Tensor2D {
  if (distance.kind !== 'snr') return mask
  const [rows] = measured(batch, distance.isUnit)
  return withoutGradient(signalOf(centred(rows)), (signal) =>
    tf.logicalAnd<Tensor2D>(mask, tf.greater(signal, leastSignal)),
  )
}

/** Euclidean distance of every row of `a` to every row of `b`, `[rows, columns]`. */
export function euclideanDistances(a: Tensor2D, b: Tensor2D): Tensor2D {
  return lpDistances(a, b, { p: 2, power: 1 })
}

/** The same, squared: in [0, 4] for unit rows. */
export function squaredDistances(a: Tensor2D, b: Tensor2D): Tensor2D {
  return lpDistances(a, b, { p: 2, power: 2 })
}

/** Dot product of every row with every column: for unit rows the cosine. */
export function similarities(a: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.matMul<Tensor2D>(a, b, false, true)
}

function measured(batch: Batch, isUnit: boolean): readonly [Tensor2D, Tensor2D] {
  return isUnit ? [batch.rows, batch.columns] : [batch.raw, batch.rawColumns]
}

function noiseOverSignal(a: Tensor2D, b: Tensor2D): Tensor2D {
  const anchors = centred(a)
  const signal = signalOf(anchors)
  const hasSignal = withoutGradient(signal, (x) => tf.greater(x, leastSignal))
  const safeSignal = tf.where(hasSignal, signal, tf.onesLike(signal))
  return tf.div<Tensor2D>(squaredDistances(anchors, centred(b)), safeSignal)
}

function signalOf(centredRows: Tensor2D): Tensor2D {
  return tf.sum(tf.square(centredRows), 1, true)
}

function centred(x: Tensor2D): Tensor2D {
  return tf.sub(x, tf.mean(x, 1, true))
}
