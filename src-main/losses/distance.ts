import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D } from '../numeric/tf.ts'

/** Rows whose differences are held at once: bounds memory at 32 · columns · dim numbers. */
const rowsAtOnce = 32

/**
 * Euclidean distance of every row to every column.
 *
 * From the differences themselves: ‖a‖² + ‖b‖² − 2ab loses all digits of near pairs, which are the
 * ones that matter. The gradient of a distance of exactly 0 is 0.
 *
 * @param a `[rows, dim]`
 * @param b `[columns, dim]`
 * @returns `[rows, columns]`
 */
export function euclideanDistances(a: Tensor2D, b: Tensor2D): Tensor2D {
  const measure = tf.customGrad((...inputs) => {
    const [x, y, save] = inputs as unknown as [Tensor2D, Tensor2D, (saved: Tensor[]) => void]
    const distances = forward(x, y)
    save([x, y, distances])
    return {
      value: distances,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) =>
        backward(dy as Tensor2D, saved as [Tensor2D, Tensor2D, Tensor2D]),
    }
  })
  return measure(a, b)
}

/** The same, squared: in [0, 4] for unit rows. */
export function squaredDistances(a: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.square(euclideanDistances(a, b))
}

/** Dot product of every row with every column: for unit rows the cosine. */
export function similarities(a: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.matMul<Tensor2D>(a, b, false, true)
}

function forward(a: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const [rows, dim] = a.shape
    const others = tf.expandDims(b, 0)
    const parts: Tensor2D[] = []
    for (let start = 0; start < rows; start += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - start)
      const anchors = tf.expandDims(tf.slice(a, [start, 0], [count, dim]), 1)
      parts.push(tf.tidy(() => tf.sqrt(tf.sum<Tensor2D>(tf.square(tf.sub(anchors, others)), 2))))
    }
    return tf.concat(parts, 0)
  })
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
