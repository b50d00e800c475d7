import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D, Tensor3D } from '../numeric/tf.ts'

/** Numbers of [rows, columns, nodes] that are held at once. */
const numbersAtOnce = 2_000_000

/** Equally spaced nodes, from `first` to `last`. */
export interface Nodes {
  readonly first: number
  readonly last: number
  /** At least 2. */
  readonly count: number
}

/**
 * A soft histogram of each row as tensors: for graphics cards, whose numbers cannot be read in the midst
 * of a gradient.
 *
 * @param x values between the first and the last node, `[rows, columns]`
 * @param mask which values count, bool, `[rows, columns]`
 * @returns `[rows, count]`
 */
export function softHistogramInTensors(x: Tensor2D, mask: Tensor2D, nodes: Nodes): Tensor2D {
  const histogram = tf.customGrad((...inputs) => {
    const [values, counted, save] = inputs as unknown as [Tensor2D, Tensor2D, tf.GradSaveFunc]
    save([values, counted])
    return {
      value: byRows(values, nodes, (start, size) =>
        heights(values, counted, { start, size, nodes }),
      ),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [at, weights] = saved as [Tensor2D, Tensor2D]
        const slopes = byRows(at, nodes, (start, size) =>
          slopesOf(at, dy as Tensor2D, { start, size, nodes }),
        )
        return [tf.mul(slopes, weights), tf.zerosLike(weights)]
      },
    }
  })
  return histogram(x, tf.cast(mask, 'float32'))
}

interface Part {
  readonly start: number
  readonly size: number
  readonly nodes: Nodes
}

function heights(values: Tensor2D, counted: Tensor2D, part: Part): Tensor2D {
  const height = tf.relu(tf.sub(1, tf.abs(offsets(values, part))))
  return tf.sum<Tensor2D>(tf.mul(height, tf.expandDims(rowsOf(counted, part), 2)), 1)
}

function slopesOf(values: Tensor2D, dy: Tensor2D, part: Part): Tensor2D {
  const offset = offsets(values, part)
  const slope = tf.where(tf.less(tf.abs(offset), 1), tf.neg(tf.sign(offset)), tf.zerosLike(offset))
  const sum = tf.sum(tf.mul(slope, tf.expandDims(rowsOf(dy, part), 1)), 2)
  return tf.div(sum, stepOf(part.nodes))
}

/** How many steps each value lies beyond each node, `[size, columns, nodes]`. */
function offsets(values: Tensor2D, part: Part): Tensor3D {
  const { first, last, count } = part.nodes
  const places = tf.expandDims(rowsOf(values, part), 2)
  return tf.div(tf.sub(places, tf.linspace(first, last, count)), stepOf(part.nodes))
}

function rowsOf(x: Tensor2D, { start, size }: Part): Tensor2D {
  return tf.slice(x, [start, 0], [size, x.shape[1]])
}

function stepOf({ first, last, count }: Nodes): number {
  return (last - first) / (count - 1)
}

function byRows(
  x: Tensor2D,
  { count }: Nodes,
  part: (start: number, size: number) => Tensor2D,
): Tensor2D {
  return tf.tidy(() => {
    const [rows, columns] = x.shape
    const most = Math.max(1, Math.floor(numbersAtOnce / (columns * count)))
    const parts: Tensor2D[] = []
    for (let start = 0; start < rows; start += most)
      parts.push(tf.tidy(() => part(start, Math.min(most, rows - start))))
    return tf.concat(parts, 0)
  })
}
