import type { Tensor } from '../../numeric/tf.ts'
import type { Activation, Layer } from '../layer.ts'
import type { LayerRule, TensorScope, WeightDeclaration } from './rule.ts'

/** The catalogue, for layers that are made of layers. */
export type RuleOf = (layer: Layer) => LayerRule

export function outputOfAll(
  layers: readonly Layer[],
  input: Activation,
  ruleOf: RuleOf,
): Activation {
  return layers.reduce((activation, layer) => ruleOf(layer).outputOf(activation), input)
}

export function weightsOfAll(
  layers: readonly Layer[],
  input: Activation,
  ruleOf: RuleOf,
): readonly WeightDeclaration[] {
  let activation = input
  return layers.flatMap((layer) => {
    const rule = ruleOf(layer)
    const weights = rule.weightsOf(activation)
    activation = rule.outputOf(activation)
    return weights
  })
}

export function applyAll(
  layers: readonly Layer[],
  x: Tensor,
  scope: TensorScope,
  ruleOf: RuleOf,
): Tensor {
  return layers.reduce((activation, layer) => ruleOf(layer).apply(activation, scope), x)
}
