import * as tf from '../../numeric/tf.ts'
import type { Tensor4D } from '../../numeric/tf.ts'
import {
  depthwiseConv,
  depthwiseInputGradient,
  depthwiseKernelGradient,
} from '../../numeric/onnx/depthwise.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { slide } from './shapes.ts'
import { windowOf } from './window.ts'

/** Convolution of each channel with a filter of its own. */
export function depthwiseRule(layer: LayerOf<'depthwise'>): LayerRule {
  const { name, size, stride, padding, bias } = layer
  const kernelName = `${name}/kernel`
  const biasName = `${name}/bias`
  return {
    outputOf: (input) => slide(`${name}: a depthwise ${size}×${size} convolution`, input, layer),

    weightsOf({ channels }) {
      const kernel = {
        name: kernelName,
        shape: [size, size, channels, 1],
        trainable: true,
        start: { deviation: Math.sqrt(2) / size },
      }
      const offset = { name: biasName, shape: [channels], trainable: true, start: { constant: 0 } }
      return bias ? [kernel, offset] : [kernel]
    },

    apply(x, scope) {
      const kernel = scope.weight(kernelName) as Tensor4D
      const output = tf.depthwiseConv2d(x as Tensor4D, kernel, stride, padding)
      return bias ? tf.add(output, scope.weight(biasName)) : output
    },

    emit(x, scope) {
      const g = scope.graph
      const window = windowOf(layer, x)
      const kernel = onnx.transpose(g, scope.weight(kernelName), [2, 3, 0, 1])
      const offset = bias ? scope.weight(biasName) : undefined
      return {
        output: depthwiseConv(g, x, kernel, window, offset),
        backward(dy, wantsInput) {
          scope.setGradient(kernelName, depthwiseKernelGradient(g, x, dy, window))
          if (bias) scope.setGradient(biasName, onnx.sum(g, dy, [0, 2, 3]))
          return wantsInput ? depthwiseInputGradient(g, dy, kernel, window, x.shape) : null
        },
      }
    },
  }
}
