import type { Layer } from '../layer.ts'
import { batchNormRule } from './batchNorm.ts'
import { convRule } from './conv.ts'
import { denseRule } from './dense.ts'
import { globalAveragePoolRule } from './globalAveragePool.ts'
import { maxPoolRule } from './maxPool.ts'
import { reluRule } from './relu.ts'
import type { LayerRule } from './rule.ts'

/** The rule of each kind of layer: the only place to enter a new one. */
export function ruleOf(layer: Layer): LayerRule {
  switch (layer.kind) {
    case 'conv':
      return convRule(layer)
    case 'batchNorm':
      return batchNormRule(layer)
    case 'relu':
      return reluRule
    case 'maxPool':
      return maxPoolRule(layer)
    case 'globalAveragePool':
      return globalAveragePoolRule
    case 'dense':
      return denseRule(layer)
    default:
      return layer satisfies never
  }
}
