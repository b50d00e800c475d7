import * as tf from '../../numeric/tf.ts'
import type { Tensor4D } from '../../numeric/tf.ts'
import { conv, convInputGradient, convKernelGradient } from '../../numeric/onnx/convolution.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { slide } from './shapes.ts'
import { windowOf } from './window.ts'

/** Two-dimensional convolution; `same` pads as TensorFlow does (the odd row below and right). */
export function convRule(layer: LayerOf<'conv'>): LayerRule {
  const { name, filters, size, stride, padding, bias } = layer
  const kernelName = `${name}/kernel`
  const biasName = `${name}/bias`
  return {
    outputOf: (input) => ({
      ...slide(`${name}: a ${size}×${size} convolution`, input, layer),
      channels: filters,
    }),

    weightsOf(input) {
      const fanIn = size * size * input.channels
      const kernel = {
        name: kernelName,
        shape: [size, size, input.channels, filters],
        trainable: true,
        // He et al., "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852: a ReLU follows.
        start: { deviation: Math.sqrt(2 / fanIn) },
      }
      if (!bias) return [kernel]
      return [kernel, { name: biasName, shape: [filters], trainable: true, start: { constant: 0 } }]
    },

    apply(x, scope) {
      const kernel = scope.weight(kernelName) as Tensor4D
      const output = tf.conv2d(x as Tensor4D, kernel, stride, padding)
      return bias ? tf.add(output, scope.weight(biasName)) : output
    },

    emit(x, scope) {
      const g = scope.graph
      const window = windowOf(layer, x)
      const kernel = onnx.transpose(g, scope.weight(kernelName), [3, 2, 0, 1])
      const offset = bias ? scope.weight(biasName) : undefined
      return {
        output: conv(g, x, kernel, window, offset),
        backward(dy, wantsInput) {
          const last = () => scope.channelsLast(x)
          scope.setGradient(kernelName, convKernelGradient(g, { x, last }, dy, window))
          if (bias) scope.setGradient(biasName, onnx.sum(g, dy, [0, 2, 3]))
          return wantsInput ? convInputGradient(g, dy, kernel, window, x.shape) : null
        },
      }
    },
  }
}
