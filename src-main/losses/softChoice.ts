import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D, Tensor3D } from '../numeric/tf.ts'
import { isReadable } from './numerics.ts'

export interface SoftChoice {
  /** How many neighbouring columns are one group; it divides the columns. */
  readonly size: number
  /** γ: how evenly the choice is spread, > 0. */
  readonly softness: number
}

/**
 * A soft maximum of each group of neighbouring columns: Σ_k p_k s_k, p the softmax of s / γ. In loops
 * where numbers can be read: three axes are slow as tensors. Call inside `tf.tidy`.
 *
 * @param x `[rows, groups · size]`
 * @returns `[rows, groups]`
 */
export function softChoice(x: Tensor2D, choice: SoftChoice): Tensor2D {
  if (!isReadable()) return softChoiceInTensors(x, choice)
  const { size, softness } = choice
  const [rows, columns] = x.shape
  const chosen = tf.customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [Tensor2D, tf.GradSaveFunc]
    const cells = input.dataSync<'float32'>()
    const values = new Float32Array(cells.length / size)
    const slopes = new Float32Array(cells.length)
    for (let group = 0; group < values.length; group++)
      values[group] = chooseFrom(cells, slopes, { start: group * size, size, softness })
    save([tf.tensor2d(slopes, [rows, columns])])
    return {
      value: tf.tensor2d(values, [rows, columns / size]),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const ofGroups = (dy as Tensor2D).dataSync<'float32'>()
        const own = (saved[0] as Tensor2D).dataSync<'float32'>()
        const all = own.map((slope, at) => slope * (ofGroups[Math.floor(at / size)] as number))
        return tf.tensor2d(all, [rows, columns])
      },
    }
  })
  return chosen(x)
}

/** The value of one group; writes its slopes p_k (1 + (s_k − value) / γ). */
function chooseFrom(
  cells: Float32Array,
  slopes: Float32Array,
  { start, size, softness }: SoftChoice & { readonly start: number },
): number {
  let largest = -Infinity
  for (let at = start; at < start + size; at++) largest = Math.max(largest, cells[at] as number)
  let [sum, weighted] = [0, 0]
  for (let at = start; at < start + size; at++) {
    const power = Math.exp(((cells[at] as number) - largest) / softness)
    slopes[at] = power
    sum += power
    weighted += power * (cells[at] as number)
  }
  const value = weighted / sum
  for (let at = start; at < start + size; at++)
    slopes[at] = ((slopes[at] as number) / sum) * (1 + ((cells[at] as number) - value) / softness)
  return value
}

/** The same as tensors, for graphics cards. */
export function softChoiceInTensors(x: Tensor2D, { size, softness }: SoftChoice): Tensor2D {
  const [rows, columns] = x.shape
  const groups: Tensor3D = tf.reshape(x, [rows, columns / size, size])
  const shares = tf.softmax(tf.div<Tensor3D>(groups, softness), 2)
  return tf.sum<Tensor2D>(tf.mul(shares, groups), 2)
}
