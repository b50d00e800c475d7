import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D } from '../numeric/tf.ts'

/**
 * The three steps that nearly every loss takes with a matrix of pairs, as loops: TensorFlow.js on the
 * processor takes 30 times as long for a column that meets a matrix as for two matrices, and many passes
 * for a masked sum. They sum in float64. Not for backends whose numbers cannot be read at once.
 */

/** Largest cell of each row that the mask keeps, a constant, `[rows, 1]`; `nothing` where there is none. */
export function largestOf(x: Tensor2D, mask: Tensor2D, nothing: number): Tensor2D {
  const [rows, columns] = x.shape
  const cells = x.dataSync<'float32'>()
  const isKept = mask.dataSync()
  const largest = new Float32Array(rows).fill(nothing)
  for (let i = 0; i < rows; i++) {
    let most = -Infinity
    for (let at = i * columns; at < (i + 1) * columns; at++)
      if (isKept[at] && (cells[at] as number) > most) most = cells[at] as number
    if (most > -Infinity) largest[i] = most
  }
  return tf.tensor2d(largest, [rows, 1])
}

/**
 * log Σ e^(x − maximum) along each row, over the cells that the mask keeps, `[rows, 1]`; of nothing
 * log(columns), as if all were equally little.
 *
 * @param maximum of each row, a constant, `[rows, 1]`
 */
export function logSumOf(x: Tensor2D, mask: Tensor2D, maximum: Tensor2D): Tensor2D {
  const [rows, columns] = x.shape
  const isKept = mask.dataSync()
  const largest = maximum.dataSync<'float32'>()
  const logSum = tf.customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [Tensor2D, tf.GradSaveFunc]
    const cells = input.dataSync<'float32'>()
    const shares = new Float32Array(cells.length)
    const logs = new Float32Array(rows)
    for (let i = 0; i < rows; i++) {
      let sum = 0
      for (let at = i * columns; at < (i + 1) * columns; at++) {
        if (!isKept[at]) continue
        const power = Math.exp((cells[at] as number) - (largest[i] as number))
        shares[at] = power
        sum += power
      }
      logs[i] = Math.log(sum === 0 ? columns : sum)
      if (sum === 0) continue
      for (let at = i * columns; at < (i + 1) * columns; at++)
        if (isKept[at]) shares[at] = (shares[at] as number) / sum
    }
    save([tf.tensor2d(shares, [rows, columns])])
    return {
      value: tf.tensor2d(logs, [rows, 1]),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) =>
        scaledRows(saved[0] as Tensor2D, dy as Tensor2D),
    }
  })
  return logSum(x)
}

/** Each row times its number, `[rows, columns]`. */
function scaledRows(x: Tensor2D, factors: Tensor2D): Tensor2D {
  const [rows, columns] = x.shape
  const cells = x.dataSync<'float32'>()
  const ofRows = factors.dataSync<'float32'>()
  const scaled = new Float32Array(cells.length)
  for (let i = 0; i < rows; i++) {
    const factor = ofRows[i] as number
    if (factor === 0) continue
    for (let at = i * columns; at < (i + 1) * columns; at++)
      scaled[at] = (cells[at] as number) * factor
  }
  return tf.tensor2d(scaled, [rows, columns])
}

/** `column + sign · x`, a number for each row with a matrix, `[rows, columns]`. */
export function columnPlus(column: Tensor2D, x: Tensor2D, sign: 1 | -1): Tensor2D {
  const [rows, columns] = x.shape
  const sum = tf.customGrad((...inputs) => {
    const [ofRows, matrix] = inputs as unknown as [Tensor2D, Tensor2D]
    const numbers = ofRows.dataSync<'float32'>()
    const cells = matrix.dataSync<'float32'>()
    const sums = new Float32Array(cells.length)
    for (let i = 0; i < rows; i++) {
      const number = numbers[i] as number
      for (let at = i * columns; at < (i + 1) * columns; at++)
        sums[at] = number + sign * (cells[at] as number)
    }
    return {
      value: tf.tensor2d(sums, [rows, columns]),
      gradFunc: (dy: Tensor | Tensor[]) => {
        const slopes = dy as Tensor2D
        return [tf.sum<Tensor2D>(slopes, 1, true), sign === 1 ? tf.clone(slopes) : tf.neg(slopes)]
      },
    }
  })
  return sum(column, x) as Tensor2D
}

/**
 * Rows by place, `[places, dim]`: the gradient of `tf.gather` looks through all of it once for every row.
 *
 * @param x `[rows, dim]`
 */
export function takeRows(x: Tensor2D, places: Int32Array): Tensor2D {
  const [rows, dim] = x.shape
  const taken = tf.customGrad((...inputs) => {
    const [input] = inputs as unknown as [Tensor2D]
    const cells = input.dataSync<'float32'>()
    const found = new Float32Array(places.length * dim)
    for (const [k, place] of places.entries())
      found.set(cells.subarray(place * dim, (place + 1) * dim), k * dim)
    return {
      value: tf.tensor2d(found, [places.length, dim]),
      gradFunc: (dy: Tensor | Tensor[]) => {
        const slopes = (dy as Tensor2D).dataSync<'float32'>()
        const sums = new Float32Array(rows * dim)
        for (const [k, place] of places.entries())
          for (let d = 0; d < dim; d++)
            sums[place * dim + d] =
              (sums[place * dim + d] as number) + (slopes[k * dim + d] as number)
        return tf.tensor2d(sums, [rows, dim])
      },
    }
  })
  return taken(x) as Tensor2D
}
