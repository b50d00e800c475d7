import { barlowTwinsLoss } from '../barlowTwins.ts'
import { dynamicSoftMarginLoss } from '../dynamicSoftMargin.ts'
import { cancellations, falseNegativesLoss } from '../falseNegatives.ts'
import { normRegularizer, normRules } from '../normRegularizers.ts'
import { koLeoRegularizer, spreadOutRegularizer } from '../spreadRegularizers.ts'
import { vicRegLoss } from '../vicReg.ts'
import { built } from './builder.ts'
import type { Builder } from './builder.ts'

export const viewBuilders: Readonly<Record<string, Builder>> = {
  vicreg: ({ number }) => ({
    ...built(vicRegLoss, {
      invariance: number('invariance'),
      variance: number('variance'),
      covariance: number('covariance'),
      epsilon: 1e-4,
    }),
    needsRaw: true,
    takesMemory: false,
    scope: 'batch',
  }),
  'barlow-twins': ({ number }) => ({
    ...built(barlowTwinsLoss, { redundancy: number('redundancy'), epsilon: 1e-5 }),
    needsRaw: true,
    takesMemory: false,
    scope: 'batch',
  }),
  'false-negatives': ({ number, choice }) => ({
    ...built(falseNegativesLoss, {
      temperature: number('temperature'),
      cancellation: choice('cancellation', cancellations),
      most: number('most'),
      threshold: number('threshold'),
    }),
    scope: 'views',
  }),
  'dynamic-soft-margin': () => ({ loss: dynamicSoftMarginLoss, scope: 'batch' }),
  'norm-regularizer': ({ number, choice }) => ({
    ...built(normRegularizer, { rule: choice('normRule', normRules), p: number('p') }),
    needsRaw: true,
  }),
  koleo: () => ({ loss: koLeoRegularizer, scope: 'batch' }),
  'spread-out': () => ({ loss: spreadOutRegularizer, scope: 'batch' }),
}
