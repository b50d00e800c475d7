import { alignUniformLoss } from '../alignUniform.ts'
import { contrastiveLoss } from '../contrastive.ts'
import type { PairMargins } from '../contrastive.ts'
import { intraPairVarianceLoss } from '../intraPairVariance.ts'
import { boundaryRules, learntOfMargin, marginLoss, marginMinings } from '../margin.ts'
import { rankedListLoss } from '../rankedList.ts'
import { built, distanceFrom, reducerFrom } from './builder.ts'
import type { Builder, ParameterReader } from './builder.ts'

export const pairBuilders: Readonly<Record<string, Builder>> = {
  contrastive: (read) =>
    built(contrastiveLoss, {
      ...pairMarginsOf(read),
      ...distanceFrom(read),
      ...reducerFrom(read),
    }),
  'snr-contrastive': (read) =>
    built(contrastiveLoss, {
      ...pairMarginsOf(read),
      distance: { kind: 'snr', isUnit: true },
      ...reducerFrom(read),
    }),
  margin: (read) => {
    const params = {
      margin: read.number('margin'),
      boundary: read.number('boundary'),
      mining: read.choice('mining', marginMinings),
      boundaryRule: read.choice('boundaryRule', boundaryRules),
      shrinkage: read.number('shrinkage'),
      ...distanceFrom(read),
    }
    return {
      ...built(marginLoss, params),
      learntOf: (context) => learntOfMargin(params, context),
      needsLabels: params.boundaryRule === 'per-label',
    }
  },
  'ranked-list': ({ number }) =>
    built(rankedListLoss, {
      boundary: number('boundary'),
      margin: number('margin'),
      sharpness: number('sharpness'),
      negativeShare: number('negativeShare'),
    }),
  'intra-pair-variance': ({ number }) =>
    built(intraPairVarianceLoss, {
      positiveEpsilon: number('positiveEpsilon'),
      negativeEpsilon: number('negativeEpsilon'),
      distance: { kind: 'cosine' },
      reducer: { kind: 'mean' },
    }),
  'align-uniform': ({ number }) => ({
    ...built(alignUniformLoss, {
      alignPower: number('alignPower'),
      uniformScale: number('uniformScale'),
      alignWeight: number('alignWeight'),
      uniformWeight: number('uniformWeight'),
    }),
    scope: 'batch',
  }),
}

export function pairMarginsOf({ number }: ParameterReader): PairMargins {
  return { positiveMargin: number('positiveMargin'), negativeMargin: number('negativeMargin') }
}
