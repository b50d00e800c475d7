import { foldedLayers, foldedPairs } from '../foldedLayers.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { Value } from '../../numeric/onnx/graph.ts'
import type { LayerOf } from '../layer.ts'
import { batchNormEpsilon } from './batchNorm.ts'
import type { GraphScope, LayerRule } from './rule.ts'
import { applyAll, outputOfAll, weightsOfAll } from './sequence.ts'
import type { RuleOf } from './sequence.ts'

/**
 * Layers as they are in evaluation, also while the rest is trained: batch norms use their running
 * statistics and leave them alone, and no weight gets a gradient. What comes before still does.
 */
export function frozenRule({ layers }: LayerOf<'frozen'>, ruleOf: RuleOf): LayerRule {
  return {
    outputOf: (input) => outputOfAll(layers, input, ruleOf),
    weightsOf: (input) =>
      weightsOfAll(layers, input, ruleOf).map((weight) => ({ ...weight, trainable: false })),
    apply: (x, scope) => applyAll(layers, x, { ...scope, isTraining: false }, ruleOf),
    emit: (x, scope) => scope.emitLayers(foldedLayers(layers), x, frozenScope(layers, scope)),
  }
}

/** The scope of evaluation, with batch norms folded into kernels and biases by the graph itself. */
function frozenScope(layers: LayerOf<'frozen'>['layers'], scope: GraphScope): GraphScope {
  const { graph: g } = scope
  const folded = new Map<string, () => Value>()
  for (const { linear, norm } of foldedPairs(layers)) {
    const part = (name: string) => scope.weight(`${norm.name}/${name}`)
    const root = () => onnx.sqrt(g, onnx.add(g, part('variance'), onnx.scalar(g, batchNormEpsilon)))
    const scale = () => onnx.div(g, part('gamma'), root())
    folded.set(`${linear.name}/kernel`, () => {
      const kernel = scope.weight(`${linear.name}/kernel`)
      const [channels = 0] = part('gamma').shape
      const isDepthwise = linear.kind === 'depthwise'
      return onnx.mul(g, kernel, isDepthwise ? onnx.reshape(g, scale(), [channels, 1]) : scale())
    })
    folded.set(`${linear.name}/bias`, () => {
      const hasBias = linear.kind === 'dense' || linear.bias
      const mean = part('mean')
      const level = hasBias
        ? onnx.sub(g, scope.weight(`${linear.name}/bias`), mean)
        : onnx.neg(g, mean)
      return onnx.add(g, part('beta'), onnx.mul(g, level, scale()))
    })
  }
  return {
    graph: g,
    isTraining: false,
    weight: (name) => folded.get(name)?.() ?? scope.weight(name),
    keepMoments: () => undefined,
    setGradient: () => undefined,
    channelsLast: (map) => scope.channelsLast(map),
    stepInput: (input) => scope.stepInput(input),
    emitLayers: scope.emitLayers,
  }
}
