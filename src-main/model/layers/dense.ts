import * as tf from '../../numeric/tf.ts'
import type { Tensor2D } from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { expectVector } from './shapes.ts'

/** x · kernel + bias on vectors. */
export function denseRule({ name, units }: LayerOf<'dense'>): LayerRule {
  const kernelName = `${name}/kernel`
  const biasName = `${name}/bias`
  return {
    outputOf(input) {
      expectVector(`${name}: a dense layer`, input)
      return { kind: 'vector', channels: units }
    },
    weightsOf: ({ channels }) => [
      {
        name: kernelName,
        shape: [channels, units],
        trainable: true,
        // Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural
        // networks", AISTATS 2010.
        start: { deviation: Math.sqrt(2 / (channels + units)) },
      },
      { name: biasName, shape: [units], trainable: true, start: { constant: 0 } },
    ],
    apply(x, scope) {
      const kernel = scope.weight(kernelName) as Tensor2D
      return tf.add(tf.matMul(x as Tensor2D, kernel), scope.weight(biasName))
    },
    emit(x, scope) {
      const g = scope.graph
      const kernel = scope.weight(kernelName)
      return {
        output: onnx.gemm(g, x, kernel, scope.weight(biasName)),
        backward(dy, wantsInput) {
          scope.setGradient(kernelName, onnx.matMul(g, x, dy, { transposeA: true }))
          scope.setGradient(biasName, onnx.sum(g, dy, [0]))
          return wantsInput ? onnx.matMul(g, dy, kernel, { transposeB: true }) : null
        },
      }
    },
  }
}
