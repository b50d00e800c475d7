import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D } from '../numeric/tf.ts'
import { isReadable } from './numerics.ts'
import { softHistogramInTensors } from './softHistogramInTensors.ts'
import type { Nodes } from './softHistogramInTensors.ts'

/**
 * A histogram of each row, differentiable: a value counts at the two nodes beside it, at each the more
 * the nearer it is (h_k = Σ_j m_j max(0, 1 − |x_j − e_k| / Δ)). A value on a node has the gradient 0.
 *
 * @param x values between the first and the last node, `[rows, columns]`
 * @param mask which values count, bool, `[rows, columns]`
 * @returns `[rows, count]`
 */
export function softHistogram(x: Tensor2D, mask: Tensor2D, nodes: Nodes): Tensor2D {
  if (!isReadable()) return softHistogramInTensors(x, mask, nodes)
  const counted = mask.dataSync()
  const histogram = tf.customGrad((...inputs) => {
    const [values, save] = inputs as unknown as [Tensor2D, tf.GradSaveFunc]
    save([values])
    const heights = heightsOf(values.dataSync<'float32'>(), counted, { nodes, shape: values.shape })
    return {
      value: tf.tensor2d(heights, [values.shape[0], nodes.count]),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [at] = saved as [Tensor2D]
        const steps = (dy as Tensor2D).dataSync<'float32'>()
        const grid = { nodes, shape: at.shape }
        return tf.tensor2d(slopesOf(at.dataSync<'float32'>(), counted, steps, grid), at.shape)
      },
    }
  })
  return histogram(x)
}

interface Grid {
  readonly nodes: Nodes
  /** Of the values. */
  readonly shape: [number, number]
}

type Counted = ArrayLike<number>

function heightsOf(values: Float32Array, counted: Counted, { nodes, shape }: Grid): Float32Array {
  const { first, count } = nodes
  const [rows, columns] = shape
  const step = stepOf(nodes)
  const heights = new Float64Array(rows * count)
  for (let i = 0; i < rows; i++)
    for (let at = i * columns; at < (i + 1) * columns; at++) {
      if (!counted[at]) continue
      const place = ((values[at] as number) - first) / step
      const below = Math.floor(place)
      const rest = place - below
      if (below >= 0 && below < count) add(heights, i * count + below, 1 - rest)
      if (below + 1 >= 0 && below + 1 < count) add(heights, i * count + below + 1, rest)
    }
  return Float32Array.from(heights)
}

function add(numbers: Float64Array, at: number, value: number): void {
  numbers[at] = (numbers[at] as number) + value
}

/** A value takes from the node below what it gives to the one above. */
function slopesOf(
  values: Float32Array,
  counted: Counted,
  steps: Float32Array,
  { nodes, shape }: Grid,
): Float32Array {
  const { first, count } = nodes
  const [rows, columns] = shape
  const step = stepOf(nodes)
  const slopes = new Float32Array(values.length)
  for (let i = 0; i < rows; i++)
    for (let at = i * columns; at < (i + 1) * columns; at++) {
      const place = ((values[at] as number) - first) / step
      const below = Math.floor(place)
      if (!counted[at] || place === below) continue
      const lower = below >= 0 && below < count ? (steps[i * count + below] as number) : 0
      const upper = below >= -1 && below + 1 < count ? (steps[i * count + below + 1] as number) : 0
      slopes[at] = (upper - lower) / step
    }
  return slopes
}

function stepOf({ first, last, count }: Nodes): number {
  return (last - first) / (count - 1)
}
