import * as tf from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerRule } from './rule.ts'
import { expectMap } from './shapes.ts'

/** Mean of each channel over its positions: from a map to a vector. */
export const globalAveragePoolRule: LayerRule = {
  outputOf: (input) => ({
    kind: 'vector',
    channels: expectMap('a global average pool', input).channels,
  }),
  weightsOf: () => [],
  apply: (x) => tf.mean(x, [1, 2]),
  emit(x, { graph: g }) {
    return {
      output: onnx.mean(g, x, [2, 3]),
      backward(dy) {
        const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
        const share = onnx.mul(g, dy, onnx.scalar(g, 1 / (height * width)))
        return onnx.expand(g, onnx.reshape(g, share, [batch, channels, 1, 1]), x.shape)
      },
    }
  },
}
