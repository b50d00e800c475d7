import * as tf from '../../numeric/tf.ts'
import type { Tensor4D } from '../../numeric/tf.ts'
import { addAtPlaces } from '../../numeric/onnx/convolution.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import { maxPoolOf, maxPoolWithPlacesOf } from '../../numeric/onnx/pooling.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { slide } from './shapes.ts'
import { windowOf } from './window.ts'

/**
 * Largest of each window; padding never is. Without padding, rows and columns after the last whole
 * window are dropped. Of equal values the first one takes the gradient.
 */
export function maxPoolRule(layer: LayerOf<'maxPool'>): LayerRule {
  const { size, stride, padding } = layer
  return {
    outputOf: (input) => slide(`a ${size}×${size} max-pool`, input, layer),
    weightsOf: () => [],
    apply: (x) => tf.maxPool(x as Tensor4D, size, stride, padding),
    emit(x, { graph: g, isTraining }) {
      const window = windowOf(layer, x)
      // Finding the places is an order of magnitude slower.
      const kept = isTraining ? maxPoolWithPlacesOf(g, x, window) : null
      return {
        output: kept?.output ?? maxPoolOf(g, x, window),
        backward(dy) {
          const { places } = kept ?? maxPoolWithPlacesOf(g, x, window)
          const zeros = onnx.expand(g, onnx.scalar(g, 0), x.shape)
          return addAtPlaces(g, zeros, dy, places)
        },
      }
    },
  }
}
