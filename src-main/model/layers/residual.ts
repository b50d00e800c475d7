import { WorkbenchError } from '../../contract/errors.ts'
import * as tf from '../../numeric/tf.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { Layer, LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'
import { applyAll, outputOfAll, weightsOfAll } from './sequence.ts'
import type { RuleOf } from './sequence.ts'
import { wordsOf } from './shapes.ts'

/**
 * body(x) + shortcut(x).
 *
 * He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.
 */
export function residualRule({ body, shortcut }: LayerOf<'residual'>, ruleOf: RuleOf): LayerRule {
  return {
    outputOf(input) {
      const ends = [outputOfAll(body, input, ruleOf), outputOfAll(shortcut, input, ruleOf)] as const
      const [main, side] = ends.map(wordsOf)
      if (main !== side)
        throw new WorkbenchError(
          'bad-request',
          `The residual block with ${nameIn(body)} ends in ${main}, but its shortcut in ${side}; ` +
            'both must be alike.',
        )
      return ends[0]
    },
    weightsOf: (input) => [
      ...weightsOfAll(body, input, ruleOf),
      ...weightsOfAll(shortcut, input, ruleOf),
    ],
    apply: (x, scope) =>
      tf.add(applyAll(body, x, scope, ruleOf), applyAll(shortcut, x, scope, ruleOf)),
    emit(x, scope) {
      const main = scope.emitLayers(body, x, scope)
      const side = scope.emitLayers(shortcut, x, scope)
      return {
        output: onnx.add(scope.graph, main.output, side.output),
        backward(dy, wantsInput) {
          const parts = [main.backward(dy, wantsInput), side.backward(dy, wantsInput)]
          const [a, b] = parts
          return wantsInput && a && b ? onnx.add(scope.graph, a, b) : null
        },
      }
    },
  }
}

function nameIn(layers: readonly Layer[]): string {
  const named = layers.find((layer) => 'name' in layer)
  return named && 'name' in named ? named.name : 'no named layer'
}
