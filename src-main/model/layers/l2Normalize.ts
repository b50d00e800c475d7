import type { Tensor2D } from '../../numeric/tf.ts'
import { emitUnitRows, unitRows } from '../unitRows.ts'
import type { LayerRule } from './rule.ts'
import { expectVector } from './shapes.ts'

/** x / ‖x‖ of each vector; a vector of zeros stays. */
export const l2NormalizeRule: LayerRule = {
  outputOf: (input) => expectVector('an L2 normalisation', input),
  weightsOf: () => [],
  apply: (x) => unitRows(x as Tensor2D),
  emit: (x, { graph }) => emitUnitRows(graph, x),
}
