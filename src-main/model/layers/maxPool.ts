import { WorkbenchError } from '../../contract/errors.ts'
import * as tf from '../../numeric/tf.ts'
import type { Tensor4D } from '../../numeric/tf.ts'
import { addAtPlaces, maxPool, maxPoolWithPlaces } from '../../numeric/onnx/convolution.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import { refuseBackward } from './rule.ts'
import type { LayerRule } from './rule.ts'

/** Largest of each 2×2 window; a last odd row or column is dropped; of equal values the first. */
export function maxPoolRule({ size, stride }: LayerOf<'maxPool'>): LayerRule {
  return {
    outputOf(input) {
      if (input.kind !== 'map')
        throw new WorkbenchError('bad-request', 'A max-pool needs a map, not a vector.')
      if (Math.min(input.height, input.width) < size)
        throw new WorkbenchError(
          'bad-request',
          `A ${size}×${size} max-pool needs a map of at least ${size}×${size}, found ` +
            `${input.height}×${input.width}. Use larger images or fewer blocks.`,
        )
      const height = Math.floor(input.height / stride)
      const width = Math.floor(input.width / stride)
      return { kind: 'map', height, width, channels: input.channels }
    },
    weightsOf: () => [],
    apply: (x) => tf.maxPool(x as Tensor4D, size, stride, 'valid'),
    emit(x, { graph: g, isTraining }) {
      if (!isTraining) return { output: maxPool(g, x), backward: refuseBackward }
      const { output, places } = maxPoolWithPlaces(g, x)
      return {
        output,
        backward(dy) {
          const zeros = onnx.expand(g, onnx.scalar(g, 0), x.shape)
          return addAtPlaces(g, zeros, dy, places)
        },
      }
    },
  }
}
