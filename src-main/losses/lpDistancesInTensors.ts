import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D } from '../numeric/tf.ts'
import { withoutGradient } from './numerics.ts'

export interface LpPower {
  /** ≥ 1. */
  readonly p: number
  /** What the norm is raised to, > 0. */
  readonly power: number
}

/** Rows whose differences are held at once: bounds memory at 32 · columns · dim numbers. */
const rowsAtOnce = 32

/**
 * ‖a − b‖ₚ to a power, as tensors: for graphics cards, whose numbers cannot be read in the midst of a
 * gradient. Only the Euclidean distance is thrifty with memory there. Call inside `tf.tidy`.
 *
 * @param a `[rows, dim]`
 * @param b `[columns, dim]`
 * @returns `[rows, columns]`
 */
export function lpDistancesInTensors(a: Tensor2D, b: Tensor2D, { p, power }: LpPower): Tensor2D {
  const norm = p === 2 ? euclidean(a, b) : normOf(a, b, p)
  if (power === 1) return norm
  return power === 2 ? tf.square(norm) : powerOf(norm, power)
}

function normOf(a: Tensor2D, b: Tensor2D, p: number): Tensor2D {
  const sums = byRows(a, b, (apart) => {
    // tf.abs has a slope of −1 at 0.
    const size = tf.add(tf.relu(apart), tf.relu(tf.neg(apart)))
    return tf.sum<Tensor2D>(p === 1 ? size : tf.pow(size, p), 2)
  })
  return p === 1 ? sums : powerOf(sums, 1 / p)
}

/** x to a power; where x is 0 without gradient. */
function powerOf(x: Tensor2D, power: number): Tensor2D {
  const isApart = withoutGradient(x, (value) => tf.greater(value, 0))
  const safe = tf.where<Tensor2D>(isApart, x, tf.onesLike(x))
  return tf.where<Tensor2D>(isApart, tf.pow(safe, power), tf.zerosLike(x))
}

function euclidean(a: Tensor2D, b: Tensor2D): Tensor2D {
  const measure = tf.customGrad((...inputs) => {
    const [x, y, save] = inputs as unknown as [Tensor2D, Tensor2D, (saved: Tensor[]) => void]
    const distances = tf.tidy(() =>
      byRows(x, y, (apart) => tf.tidy(() => tf.sqrt(tf.sum<Tensor2D>(tf.square(apart), 2)))),
    )
    save([x, y, distances])
    return {
      value: distances,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) =>
        backward(dy as Tensor2D, saved as [Tensor2D, Tensor2D, Tensor2D]),
    }
  })
  return measure(a, b)
}

function byRows(a: Tensor2D, b: Tensor2D, lengthsOf: (apart: Tensor) => Tensor2D): Tensor2D {
  const [rows, dim] = a.shape
  const others = tf.expandDims(b, 0)
  const parts: Tensor2D[] = []
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - start)
    const anchors = tf.expandDims(tf.slice(a, [start, 0], [count, dim]), 1)
    parts.push(lengthsOf(tf.sub(anchors, others)))
  }
  return tf.concat(parts, 0)
}

/** d‖a − b‖ = (a − b) / ‖a − b‖, summed over the columns for a and, negated, over the rows for b. */
function backward(dy: Tensor2D, [a, b, distances]: [Tensor2D, Tensor2D, Tensor2D]): Tensor[] {
  return tf.tidy(() => {
    const isApart = tf.greater(distances, 0)
    const safe = tf.where(isApart, distances, tf.onesLike(distances))
    const share = tf.where<Tensor2D>(isApart, tf.div(dy, safe), tf.zerosLike(dy))
    const turned = tf.transpose(share)
    return [
      tf.sub(tf.mul(tf.sum(share, 1, true), a), tf.matMul(share, b)),
      tf.sub(tf.mul(tf.sum(turned, 1, true), b), tf.matMul(turned, a)),
    ]
  })
}
