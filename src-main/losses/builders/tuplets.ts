import { angularLoss } from '../angular.ts'
import { centroidTripletLoss } from '../centroidTriplet.ts'
import { circleLoss } from '../circle.ts'
import { fastApLoss } from '../fastap.ts'
import { generalizedLiftedLoss } from '../generalizedLifted.ts'
import { histogramLoss } from '../histogram.ts'
import { liftedLoss } from '../lifted.ts'
import { minings } from '../mining.ts'
import { multiSimilarityLoss, pairMinings } from '../multiSimilarity.ts'
import { tripletForms, tripletLoss } from '../triplet.ts'
import { tupletMarginLoss } from '../tupletMargin.ts'
import { built } from './builder.ts'
import type { Builder } from './builder.ts'
import { pairMarginsOf } from './pairs.ts'

export const tupletBuilders: Readonly<Record<string, Builder>> = {
  triplet: ({ number, choice }) =>
    built(tripletLoss, {
      margin: number('margin'),
      mining: choice('mining', minings),
      form: choice('form', tripletForms),
    }),
  lifted: (read) => built(liftedLoss, pairMarginsOf(read)),
  'generalized-lifted': (read) => built(generalizedLiftedLoss, pairMarginsOf(read)),
  circle: ({ number }) => built(circleLoss, { margin: number('margin'), scale: number('scale') }),
  'multi-similarity': ({ number, choice }) =>
    built(multiSimilarityLoss, {
      positiveScale: number('positiveScale'),
      negativeScale: number('negativeScale'),
      base: number('base'),
      mining: choice('mining', pairMinings),
      epsilon: number('epsilon'),
    }),
  angular: ({ number }) => built(angularLoss, { angle: number('angle') }),
  'tuplet-margin': ({ number }) =>
    built(tupletMarginLoss, { angle: number('angle'), scale: number('scale') }),
  'centroid-triplet': ({ number }) => built(centroidTripletLoss, { margin: number('margin') }),
  fastap: ({ number }) => built(fastApLoss, { bins: number('bins') }),
  histogram: ({ number }) => built(histogramLoss, { bins: number('bins') }),
}
