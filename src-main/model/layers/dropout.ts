import { WorkbenchError } from '../../contract/errors.ts'
import { random } from '../../numeric/random.ts'
import * as tf from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'

/**
 * In training, leaves some channels of each image out and scales the others up so that their mean stays;
 * in evaluation, nothing. A map loses whole channels: neighbouring positions tell the same.
 *
 * Srivastava et al., "Dropout", JMLR 2014; for maps Tompson et al., "Efficient Object Localization Using
 * Convolutional Networks", CVPR 2015, arXiv:1411.4280.
 */
export function dropoutRule(layer: LayerOf<'dropout'>): LayerRule {
  const { name, rate } = layer
  return {
    outputOf(input) {
      if (rate >= 0 && rate < 1) return input
      throw new WorkbenchError(
        'bad-request',
        `${name}: dropout has a rate of ${rate}, expected 0 or more and less than 1.`,
      )
    },
    weightsOf: () => [],
    apply(x, { isTraining, step }) {
      if (!isTraining) return x
      const [batch = 0, ...rest] = x.shape
      const channels = rest.at(-1) ?? 0
      const shape = rest.length === 3 ? [batch, 1, 1, channels] : [batch, channels]
      return tf.mul(x, tf.tensor(factorsOf(layer, batch * channels, step), shape))
    },
    emit(x, scope) {
      const { graph: g } = scope
      if (!scope.isTraining) return { output: x, backward: (dy) => dy }
      const [batch = 0, channels = 0] = x.shape
      const factors = scope.stepInput({
        name: `${name}/factors`,
        shape: x.shape.length === 4 ? [batch, channels, 1, 1] : [batch, channels],
        valuesAt: (step) => factorsOf(layer, batch * channels, step),
      })
      return {
        output: onnx.mul(g, x, factors),
        backward: (dy) => onnx.mul(g, dy, factors),
      }
    },
  }
}

/** 0 or 1 / (1 − rate) for each channel of each image; the same on every engine. */
function factorsOf(
  { name, rate, seed }: LayerOf<'dropout'>,
  length: number,
  step: number,
): Float32Array {
  const stream = random(seed, `dropout ${name}`, step)
  return Float32Array.from({ length }, () => (stream.next() < rate ? 0 : 1 / (1 - rate)))
}
