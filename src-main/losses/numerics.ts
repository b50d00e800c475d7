import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import { columnPlus, largestOf, logSumOf, takeRows } from './rowLoops.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

/** Whether the backend's numbers can be read at once, in the midst of a gradient: on all but WebGPU. */
export function isReadable(): boolean {
  return tf.getBackend() !== 'webgpu'
}

/** The logarithm of nothing: finite, because `-Infinity - -Infinity` is NaN in the backward pass. */
export const logZero = -1e9

/**
 * What `choose` makes of `x`, as a constant: no gradient flows into `x`, and `choose` may use operations
 * that have none, such as comparisons.
 */
export function withoutGradient<T extends Tensor>(x: Tensor, choose: (x: Tensor) => T): T {
  const constant = tf.customGrad((...inputs) => {
    const [input, save] = inputs as [Tensor, tf.GradSaveFunc]
    save([input])
    return {
      value: choose(input),
      gradFunc: (_: Tensor | Tensor[], saved: Tensor[]) => tf.zerosLike(saved[0] as Tensor),
    }
  })
  return constant(x)
}

/** A number and its slope by each cell. */
export interface ValueAndSlopes {
  readonly value: number
  readonly slopes: Float32Array
}

/**
 * A scalar of a matrix that a loop computes, in float64 and with its gradient: for what tensors of
 * `[rows, columns, …]` would take too long or too much memory. Not on {@link isReadable unreadable} backends.
 */
export function inLoops(x: Tensor2D, loop: (cells: Float32Array) => ValueAndSlopes): Scalar {
  const scalar = tf.customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [Tensor2D, tf.GradSaveFunc]
    const { value, slopes } = loop(input.dataSync<'float32'>())
    save([tf.tensor2d(slopes, input.shape)])
    return {
      value: tf.scalar(value),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) =>
        tf.mul(saved[0] as Tensor, dy as Tensor),
    }
  })
  return scalar(x)
}

/** `log Σ exp(x)` along a row as `maximum + rest`: what is subtracted from it should meet the maximum first. */
export interface SplitLogSumExp {
  /** Largest logit of the row, without gradient, `[rows, 1]`. */
  readonly maximum: Tensor2D
  /** `log Σ exp(x − maximum)`, in [0, log columns], `[rows, 1]`. */
  readonly rest: Tensor2D
}

/**
 * `log Σ exp(x)` along each row, over the cells that `mask` keeps, in two parts: at a temperature of
 * .01 logits reach 100 and their differences would lose five digits in one float32. A row whose mask
 * is empty has a maximum of −1e9. Call inside `tf.tidy`.
 *
 * @param x logits, `[rows, columns]`
 * @param mask bool, `[rows, columns]`
 */
export function maskedLogSumExp(x: Tensor2D, mask: Tensor2D): SplitLogSumExp {
  if (!isReadable()) return maskedLogSumExpInTensors(x, mask)
  const maximum = largestOf(x, mask, logZero)
  return { maximum, rest: logSumOf(x, mask, maximum) }
}

/** The same as tensors, for graphics cards. */
export function maskedLogSumExpInTensors(x: Tensor2D, mask: Tensor2D): SplitLogSumExp {
  const kept = tf.where<Tensor2D>(mask, x, tf.fill(x.shape, logZero))
  const maximum = withoutGradient(kept, (x) => tf.max<Tensor2D>(x, 1, true))
  const rest = tf.log(tf.sum<Tensor2D>(tf.exp(tf.sub(kept, maximum)), 1, true))
  return { maximum, rest }
}

/** `maximum + rest − x`: the first two of each row, −log of the softmax of x among what they are of. */
export function excessOver({ maximum, rest }: SplitLogSumExp, x: Tensor2D): Tensor2D {
  if (!isReadable()) return tf.add(tf.sub(maximum, x), rest)
  return columnPlus(rest, columnPlus(maximum, x, -1), 1)
}

/**
 * x / ‖x‖ of each row, differentiable; a row shorter than 1e-12 becomes 0, with a gradient of 0.
 *
 * @param x `[rows, dim]`
 */
export function safeUnitRows(x: Tensor2D): Tensor2D {
  const unit = tf.customGrad((...inputs) => {
    const [rows, save] = inputs as unknown as [Tensor2D, tf.GradSaveFunc]
    // By the largest entry first: squares of rows beyond 1e19 would be infinite.
    const length = tf.tidy(() => {
      const largest = tf.maximum(tf.max(tf.abs(rows), 1, true), 1e-30)
      return tf.mul(tf.norm(tf.div(rows, largest), 2, 1, true), largest)
    })
    const inverse = tf.tidy(() =>
      tf.where(
        tf.greater(length, 1e-12),
        tf.reciprocal(tf.maximum(length, 1e-12)),
        tf.zerosLike(length),
      ),
    )
    const value = tf.mul<Tensor2D>(rows, inverse)
    save([value, inverse])
    return {
      value,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [z, scale] = saved as [Tensor2D, Tensor2D]
        const dz = dy as Tensor2D
        const along = tf.sum(tf.mul(dz, z), 1, true)
        return tf.mul(tf.sub(dz, tf.mul(z, along)), scale)
      },
    }
  })
  return unit(x)
}

/** A bool tensor `[rows, columns]`, true where the cell equals `value`. */
export function maskOf(cells: Int8Array, value: number, shape: [number, number]): Tensor2D {
  const mask = new Uint8Array(cells.length)
  for (let i = 0; i < cells.length; i++) mask[i] = cells[i] === value ? 1 : 0
  return tf.tensor2d(mask, shape, 'bool')
}

/** What the pairs of a relation are, each bool `[rows, columns]`. */
export interface Masks {
  readonly isPositive: Tensor2D
  readonly isNegative: Tensor2D
}

export function masksOf({ rows, columns, cells }: Relation): Masks {
  return {
    isPositive: maskOf(cells, positive, [rows, columns]),
    isNegative: maskOf(cells, negative, [rows, columns]),
  }
}

/** {@link maskedLogSumExp} in one, `[rows, 1]`: for logits that are small or stand alone. */
export function logSumExp(x: Tensor2D, mask: Tensor2D): Tensor2D {
  const { maximum, rest } = maskedLogSumExp(x, mask)
  return tf.add(maximum, rest)
}

/** `terms` where `mask` is true, else 0. */
export function only<T extends Tensor>(mask: Tensor, terms: T): T {
  return tf.where<T>(mask, terms, tf.zerosLike(terms))
}

/** Mean of `terms` over `mask`, of the same shape; 0 if that is empty. */
export function meanWhere(mask: Tensor, terms: Tensor): Scalar {
  if (isReadable() && terms.rank === 2 && terms.size === mask.size)
    return weightedSum(terms as Tensor2D, mask.dataSync(), (sum) => 1 / Math.max(sum, 1))
  const count = tf.sum(tf.cast(mask, 'float32'))
  return tf.div<Scalar>(tf.sum(only(mask, terms)), tf.maximum(count, 1))
}

/**
 * Σ weight · term times a factor that may depend on the sum of the weights; terms of weight 0 may be
 * anything.
 */
export function weightedSum(
  terms: Tensor2D,
  weights: ArrayLike<number>,
  factorOf: (sum: number) => number = () => 1,
): Scalar {
  return inLoops(terms, (cells) => {
    let [value, sum] = [0, 0]
    for (let at = 0; at < cells.length; at++) {
      const weight = weights[at] as number
      if (!weight) continue
      value += weight * (cells[at] as number)
      sum += weight
    }
    const factor = factorOf(sum)
    const slopes = new Float32Array(cells.length)
    for (let at = 0; at < cells.length; at++) slopes[at] = (weights[at] as number) * factor
    return { value: value * factor, slopes }
  })
}

/** Length of each row, `[rows, 1]`; the gradient of a length of 0 is 0. */
export function lengths(x: Tensor2D): Tensor2D {
  const squares = tf.sum<Tensor2D>(tf.square(x), 1, true)
  const isLong = withoutGradient(squares, (s) => tf.greater(s, 0))
  return only(isLong, tf.sqrt(tf.where(isLong, squares, tf.onesLike(squares))))
}

/** Rows by place, `[places, dim]`, with a gradient. */
export function rowsAt(x: Tensor2D, places: Int32Array): Tensor2D {
  return isReadable() ? takeRows(x, places) : tf.gather(x, tf.tensor1d(places, 'int32'))
}
