import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D } from '../numeric/tf.ts'
import type { LpPower } from './lpDistancesInTensors.ts'
import { lpDistancesInTensors } from './lpDistancesInTensors.ts'
import { isReadable } from './numerics.ts'

/**
 * ‖a − b‖ₚ to a power, for every row of `a` and every row of `b`.
 *
 * From the differences themselves, summed in float64: ‖a‖² + ‖b‖² − 2ab loses all digits of near pairs,
 * which are the ones that matter. The gradient of a distance of exactly 0 is 0. On the processor this
 * is a loop, since a tensor of all differences takes 30 times as long as the product of the rows.
 *
 * @param a `[rows, dim]`
 * @param b `[columns, dim]`; given the very tensor `a`, half the work is done
 * @returns `[rows, columns]`
 */
export function lpDistances(a: Tensor2D, b: Tensor2D, how: LpPower): Tensor2D {
  if (!isReadable()) return lpDistancesInTensors(a, b, how)
  const isSame = a === b
  const measure = tf.customGrad((...inputs) => {
    const [x, y, save] = inputs as unknown as [Tensor2D, Tensor2D, (saved: Tensor[]) => void]
    const pairs = pairsOf(x, y, isSame)
    const distances = tf.tensor2d(forward(pairs, how), [pairs.rows, pairs.columns])
    save([x, y, distances])
    return {
      value: distances,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [first, second, found] = saved as [Tensor2D, Tensor2D, Tensor2D]
        const slopes = slopesOf(numbersOf(dy as Tensor2D), numbersOf(found), how)
        return backward(pairsOf(first, second, isSame), slopes, how.p)
      },
    }
  })
  return measure(a, b)
}

interface Pairs {
  readonly a: Float32Array
  readonly b: Float32Array
  readonly rows: number
  readonly columns: number
  readonly dim: number
  readonly isSame: boolean
}

function pairsOf(a: Tensor2D, b: Tensor2D, isSame: boolean): Pairs {
  const [rows, dim] = a.shape
  const numbers = numbersOf(a)
  return {
    a: numbers,
    b: isSame ? numbers : numbersOf(b),
    rows,
    columns: b.shape[0],
    dim,
    isSame,
  }
}

function numbersOf(x: Tensor2D): Float32Array {
  return x.dataSync<'float32'>()
}

function forward(pairs: Pairs, { p, power }: LpPower): Float32Array {
  const { a, b, rows, columns, dim, isSame } = pairs
  const found = new Float32Array(rows * columns)
  const sumOf = p === 2 ? sumOfSquares : sumOfPowers(p)
  // The same distance either way: one half is a copy of the other.
  const exponent = power / p
  for (let i = 0; i < rows; i++)
    for (let j = isSame ? i + 1 : 0; j < columns; j++) {
      const sum = sumOf(a, i * dim, b, j * dim, dim)
      const value = exponent === 0.5 ? Math.sqrt(sum) : exponent === 1 ? sum : sum ** exponent
      found[i * columns + j] = value
      if (isSame) found[j * columns + i] = value
    }
  return found
}

type SumOfDifferences = (
  a: Float32Array,
  from: number,
  b: Float32Array,
  start: number,
  dim: number,
) => number

/** Two sums at once, because each addition waits for the one before it. */
const sumOfSquares: SumOfDifferences = (a, from, b, start, dim) => {
  let even = 0
  let odd = 0
  let k = 0
  for (; k + 1 < dim; k += 2) {
    const x = (a[from + k] as number) - (b[start + k] as number)
    const y = (a[from + k + 1] as number) - (b[start + k + 1] as number)
    even += x * x
    odd += y * y
  }
  if (k < dim) {
    const x = (a[from + k] as number) - (b[start + k] as number)
    even += x * x
  }
  return even + odd
}

function sumOfPowers(p: number): SumOfDifferences {
  return (a, from, b, start, dim) => {
    let sum = 0
    for (let k = 0; k < dim; k++) {
      const x = Math.abs((a[from + k] as number) - (b[start + k] as number))
      sum += p === 1 ? x : x ** p
    }
    return sum
  }
}

/** dL/d(‖a − b‖ₚ) · ‖a − b‖ₚ^(1 − p), what each coordinate's sign(x)|x|^(p − 1) is multiplied by. */
function slopesOf(dy: Float32Array, found: Float32Array, { p, power }: LpPower): Float64Array {
  const slopes = new Float64Array(dy.length)
  for (let at = 0; at < dy.length; at++) {
    const value = found[at] as number
    const slope = dy[at] as number
    if (value === 0 || slope === 0) continue
    if (power === p) slopes[at] = p * slope
    else if (power === 1 && p === 2) slopes[at] = slope / value
    else slopes[at] = power * slope * value ** ((power - p) / power)
  }
  return slopes
}

/** Gradients of both sides. */
function backward(pairs: Pairs, slopes: Float64Array, p: number): [Tensor2D, Tensor2D] {
  const { a, b, rows, columns, dim, isSame } = pairs
  const ofRows = new Float64Array(rows * dim)
  const ofColumns = isSame ? ofRows : new Float64Array(columns * dim)
  for (let i = 0; i < rows; i++)
    for (let j = isSame ? i + 1 : 0; j < columns; j++) {
      const back = isSame ? (slopes[j * columns + i] as number) : 0
      const slope = (slopes[i * columns + j] as number) + back
      if (slope === 0) continue
      const from = i * dim
      const start = j * dim
      for (let k = 0; k < dim; k++) {
        const x = (a[from + k] as number) - (b[start + k] as number)
        const share =
          slope * (p === 2 ? x : p === 1 ? Math.sign(x) : Math.sign(x) * Math.abs(x) ** (p - 1))
        ofRows[from + k] = (ofRows[from + k] as number) + share
        ofColumns[start + k] = (ofColumns[start + k] as number) - share
      }
    }
  const gradient = tensorOf(ofRows, [rows, dim])
  // One tensor on both sides: all of its gradient is in the first.
  return [gradient, isSame ? tf.zerosLike(gradient) : tensorOf(ofColumns, [columns, dim])]
}

function tensorOf(numbers: Float64Array, shape: [number, number]): Tensor2D {
  return tf.tensor2d(Float32Array.from(numbers), shape)
}
