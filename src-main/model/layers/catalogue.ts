import type { Layer } from '../layer.ts'
import { averagePoolRule } from './averagePool.ts'
import { batchNormRule } from './batchNorm.ts'
import { convRule } from './conv.ts'
import { denseRule } from './dense.ts'
import { depthwiseRule } from './depthwise.ts'
import { dropoutRule } from './dropout.ts'
import { frozenRule } from './frozen.ts'
import { globalAveragePoolRule } from './globalAveragePool.ts'
import { globalMaxPoolRule } from './globalMaxPool.ts'
import { hardSwishRule } from './hardSwish.ts'
import { l2NormalizeRule } from './l2Normalize.ts'
import { maxPoolRule } from './maxPool.ts'
import { reluRule } from './relu.ts'
import { relu6Rule } from './relu6.ts'
import { residualRule } from './residual.ts'
import type { LayerRule } from './rule.ts'
import { zeroPadRule } from './zeroPad.ts'

/** The rule of each kind of layer: the only place to enter a new one. */
export function ruleOf(layer: Layer): LayerRule {
  switch (layer.kind) {
    case 'conv':
      return convRule(layer)
    case 'depthwise':
      return depthwiseRule(layer)
    case 'batchNorm':
      return batchNormRule(layer)
    case 'relu':
      return reluRule
    case 'relu6':
      return relu6Rule
    case 'hardSwish':
      return hardSwishRule
    case 'maxPool':
      return maxPoolRule(layer)
    case 'averagePool':
      return averagePoolRule(layer)
    case 'zeroPad':
      return zeroPadRule(layer)
    case 'globalAveragePool':
      return globalAveragePoolRule
    case 'globalMaxPool':
      return globalMaxPoolRule
    case 'dense':
      return denseRule(layer)
    case 'dropout':
      return dropoutRule(layer)
    case 'l2Normalize':
      return l2NormalizeRule
    case 'residual':
      return residualRule(layer, ruleOf)
    case 'frozen':
      return frozenRule(layer, ruleOf)
    default:
      return layer satisfies never
  }
}
