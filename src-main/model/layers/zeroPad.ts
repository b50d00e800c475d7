import { WorkbenchError } from '../../contract/errors.ts'
import * as tf from '../../numeric/tf.ts'
import type { Tensor4D } from '../../numeric/tf.ts'
import { padAround, slice } from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { expectMap } from './shapes.ts'

/** Zeros around a map, for padding that is neither `same` nor `valid`. */
export function zeroPadRule({ top, bottom, left, right }: LayerOf<'zeroPad'>): LayerRule {
  return {
    outputOf(input) {
      const { height, width, channels } = expectMap('zero padding', input)
      const sides = [top, bottom, left, right]
      if (!sides.every((side) => Number.isInteger(side) && side >= 0))
        throw new WorkbenchError(
          'bad-request',
          `Zero padding of ${sides.join(', ')} rows and columns: expected whole numbers from 0.`,
        )
      return { kind: 'map', height: height + top + bottom, width: width + left + right, channels }
    },
    weightsOf: () => [],
    apply: (x) =>
      tf.pad(x as Tensor4D, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
    emit(x, { graph: g }) {
      const [, , height = 0, width = 0] = x.shape
      return {
        output: padAround(g, x, { top, bottom, left, right }),
        backward: (dy) =>
          slice(g, dy, [
            { axis: 2, start: top, end: top + height },
            { axis: 3, start: left, end: left + width },
          ]),
      }
    },
  }
}
