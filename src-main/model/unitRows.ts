import * as tf from '../numeric/tf.ts'
import type { Tensor, Tensor2D } from '../numeric/tf.ts'
import type { Graph, Value } from '../numeric/onnx/graph.ts'
import * as onnx from '../numeric/onnx/operators.ts'

/** Shorter rows are divided by this instead of their norm, and no gradient flows into them. */
const smallestNorm = 1e-12

/**
 * x / max(‖x‖, 1e-12) for each row, differentiable. A row of zeros stays, with gradient 0: the
 * formula's own 1e12 would throw the weights away.
 *
 * @param x `[rows, dim]`
 */
export function unitRows(x: Tensor2D): Tensor2D {
  const op = tf.customGrad((...inputs: (Tensor | tf.GradSaveFunc)[]) => {
    const [rows, save] = inputs as [Tensor2D, tf.GradSaveFunc]
    const norm = tf.sqrt(tf.sum(tf.square(rows), 1, true))
    const value = tf.div(rows, tf.maximum(norm, smallestNorm))
    save([value, norm])
    return {
      value,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [z, length] = saved as [Tensor, Tensor]
        const dz = dy as Tensor
        const across = tf.sub(dz, tf.mul(z, tf.sum(tf.mul(dz, z), 1, true)))
        const isLong = tf.cast(tf.greater(length, smallestNorm), 'float32')
        return tf.mul(across, tf.div(isLong, tf.maximum(length, smallestNorm)))
      },
    }
  })
  return op(x) as Tensor2D
}

/** {@link unitRows} in a graph, with its backward pass. */
export function emitUnitRows(
  g: Graph,
  x: Value,
): { readonly output: Value; readonly backward: (dz: Value) => Value } {
  const norm = onnx.sqrt(g, onnx.sumOfSquares(g, x, [1], true))
  const divisor = onnx.max(g, norm, onnx.scalar(g, smallestNorm))
  const output = onnx.div(g, x, divisor)
  return {
    output,
    backward(dz) {
      const along = onnx.sum(g, onnx.mul(g, dz, output), [1], true)
      const across = onnx.sub(g, dz, onnx.mul(g, output, along))
      const isLong = onnx.isGreater(g, norm, onnx.scalar(g, smallestNorm))
      return onnx.mul(g, across, onnx.div(g, isLong, divisor))
    },
  }
}
