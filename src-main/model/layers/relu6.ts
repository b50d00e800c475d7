import * as tf from '../../numeric/tf.ts'
import type { Tensor } from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerRule } from './rule.ts'

/** min(max(x, 0), 6); its derivative at 0 and 6 is 0. */
export const relu6Rule: LayerRule = {
  outputOf: (input) => input,
  weightsOf: () => [],
  apply: relu6,
  emit(x, { graph: g }) {
    const output = onnx.clip(g, x, [0, 6])
    return {
      output,
      backward: (dy) => onnx.mul(g, dy, onnx.isBetween(g, output, [0, 6])),
    }
  },
}

/** tfjs's own passes the gradient at exactly 6 and keeps x as well. */
function relu6(x: Tensor): Tensor {
  const op = tf.customGrad((...inputs: (Tensor | tf.GradSaveFunc)[]) => {
    const [from, save] = inputs as [Tensor, tf.GradSaveFunc]
    const value = tf.relu6(from)
    save([value])
    return {
      value,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [y] = saved as [Tensor]
        const isInside = tf.logicalAnd(tf.greater(y, 0), tf.less(y, 6))
        return tf.mul(dy as Tensor, tf.cast(isInside, 'float32'))
      },
    }
  })
  return op(x)
}
