import * as tf from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerRule } from './rule.ts'

/** max(x, 0); its derivative at 0 is 0. */
export const reluRule: LayerRule = {
  outputOf: (input) => input,
  weightsOf: () => [],
  apply: (x) => tf.relu(x),
  emit(x, { graph: g }) {
    const output = onnx.relu(g, x)
    return {
      output,
      backward: (dy) => onnx.mul(g, dy, onnx.sign(g, output)),
    }
  },
}
