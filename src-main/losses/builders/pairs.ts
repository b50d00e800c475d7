import { alignUniformLoss } from '../alignUniform.ts'
import { contrastiveLoss, pairDistances } from '../contrastive.ts'
import type { PairMargins } from '../contrastive.ts'
import { intraPairVarianceLoss } from '../intraPairVariance.ts'
import { marginLoss, marginMinings } from '../margin.ts'
import { rankedListLoss } from '../rankedList.ts'
import { snrLoss } from '../snr.ts'
import { built } from './builder.ts'
import type { Builder, ParameterReader } from './builder.ts'

export const pairBuilders: Readonly<Record<string, Builder>> = {
  contrastive: (read) =>
    built(contrastiveLoss, {
      ...pairMarginsOf(read),
      distance: read.choice('distance', pairDistances),
    }),
  'snr-contrastive': (read) => built(snrLoss, pairMarginsOf(read)),
  margin: ({ number, choice }) =>
    built(marginLoss, {
      margin: number('margin'),
      boundary: number('boundary'),
      mining: choice('mining', marginMinings),
    }),
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
    }),
  'align-uniform': ({ number }) =>
    built(alignUniformLoss, {
      alignPower: number('alignPower'),
      uniformScale: number('uniformScale'),
      alignWeight: number('alignWeight'),
      uniformWeight: number('uniformWeight'),
    }),
}

export function pairMarginsOf({ number }: ParameterReader): PairMargins {
  return { positiveMargin: number('positiveMargin'), negativeMargin: number('negativeMargin') }
}
