import * as tf from '../../numeric/tf.ts'
import type { Tensor } from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerRule } from './rule.ts'
import { expectMap } from './shapes.ts'

/** Largest value of each channel; equal ones share its gradient. */
export const globalMaxPoolRule: LayerRule = {
  outputOf: (input) => ({
    kind: 'vector',
    channels: expectMap('a global max-pool', input).channels,
  }),
  weightsOf: () => [],
  apply: (x) => tf.squeeze(maxima(x), [1, 2]),
  emit(x, { graph: g }) {
    const [batch = 0, channels = 0] = x.shape
    const ofPositions = (vectors: typeof x) => onnx.reshape(g, vectors, [batch, channels, 1, 1])
    const output = onnx.maxOver(g, x, [2, 3])
    return {
      output,
      backward(dy) {
        const isMaximum = onnx.isEqual(g, x, ofPositions(output))
        const share = onnx.div(g, dy, onnx.sum(g, isMaximum, [2, 3]))
        return onnx.mul(g, isMaximum, ofPositions(share))
      },
    }
  },
}

/** `[batch, 1, 1, channels]`; the gradient of tfjs's own maximum gives all of it to each equal one. */
function maxima(x: Tensor): Tensor {
  const op = tf.customGrad((...inputs: (Tensor | tf.GradSaveFunc)[]) => {
    const [map, save] = inputs as [Tensor, tf.GradSaveFunc]
    const value = tf.max(map, [1, 2], true)
    save([map, value])
    return {
      value,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [from, largest] = saved as [Tensor, Tensor]
        const isMaximum = tf.cast(tf.equal(from, largest), 'float32')
        const share = tf.div(dy as Tensor, tf.sum(isMaximum, [1, 2], true))
        return tf.mul(isMaximum, share)
      },
    }
  })
  return op(x)
}
