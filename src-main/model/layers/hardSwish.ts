import * as tf from '../../numeric/tf.ts'
import type { Tensor } from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerRule } from './rule.ts'

/**
 * x · gate, with gate = min(max(x / 6 + ½, 0), 1); where the gate is 0 or 1 it counts as constant.
 *
 * Howard et al., "Searching for MobileNetV3", ICCV 2019, arXiv:1905.02244.
 */
export const hardSwishRule: LayerRule = {
  outputOf: (input) => input,
  weightsOf: () => [],
  apply: hardSwish,
  emit(x, { graph: g }) {
    const gate = onnx.hardSigmoid(g, x, { slope: 1 / 6, offset: 0.5 })
    return {
      output: onnx.mul(g, x, gate),
      backward(dy) {
        const isOpening = onnx.isBetween(g, gate, [0, 1])
        const slope = onnx.mul(g, onnx.mul(g, x, onnx.scalar(g, 1 / 6)), isOpening)
        return onnx.mul(g, dy, onnx.add(g, gate, slope))
      },
    }
  },
}

function hardSwish(x: Tensor): Tensor {
  const op = tf.customGrad((...inputs: (Tensor | tf.GradSaveFunc)[]) => {
    const [from, save] = inputs as [Tensor, tf.GradSaveFunc]
    const gate = tf.clipByValue(tf.add(tf.mul(from, 1 / 6), 0.5), 0, 1)
    save([from, gate])
    return {
      value: tf.mul(from, gate),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [input, opened] = saved as [Tensor, Tensor]
        const isOpening = tf.logicalAnd(tf.greater(opened, 0), tf.less(opened, 1))
        const slope = tf.mul(tf.mul(input, 1 / 6), tf.cast(isOpening, 'float32'))
        return tf.mul(dy as Tensor, tf.add(opened, slope))
      },
    }
  })
  return op(x)
}
