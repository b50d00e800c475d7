import * as tf from '../../numeric/tf.ts'
import type { Tensor4D } from '../../numeric/tf.ts'
import {
  averagePoolInputGradient,
  averagePoolOf,
  windowCounts,
} from '../../numeric/onnx/pooling.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { slide } from './shapes.ts'
import { paddingOf, windowOf } from './window.ts'

/** Mean of each window; padding does not count. */
export function averagePoolRule(layer: LayerOf<'averagePool'>): LayerRule {
  const { size } = layer
  return {
    outputOf: (input) => slide(`a ${size}×${size} average pool`, input, layer),
    weightsOf: () => [],
    apply: (x) => averages(x as Tensor4D, layer),
    emit(x, { graph: g }) {
      const window = windowOf(layer, x)
      return {
        output: averagePoolOf(g, x, window),
        backward: (dy) => averagePoolInputGradient(g, dy, window, x.shape),
      }
    },
  }
}

/**
 * Sums of windows by their counts. tfjs's own `same` divides by the count forward, but by size² in its
 * gradient.
 */
function averages(x: Tensor4D, layer: LayerOf<'averagePool'>): Tensor4D {
  const { size, stride } = layer
  const [, height, width] = x.shape
  const padding = paddingOf(layer, [height, width])
  const { top, bottom, left, right } = padding
  const padded = tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ])
  const means = tf.avgPool(padded, size, stride, 'valid')
  const factors = windowCounts([height, width], { size, stride, padding }).map(
    (count) => size ** 2 / count,
  )
  return tf.mul(means, tf.tensor4d(factors, [1, means.shape[1], means.shape[2], 1]))
}
