import { angularLoss } from '../angular.ts'
import { centroidTripletLoss } from '../centroidTriplet.ts'
import { circleLoss } from '../circle.ts'
import { fastApLoss } from '../fastap.ts'
import { generalizedLiftedLoss } from '../generalizedLifted.ts'
import { histogramLoss } from '../histogram.ts'
import { liftedLoss } from '../lifted.ts'
import { multiSimilarityLoss, pairMinings } from '../multiSimilarity.ts'
import { tripletLoss } from '../triplet.ts'
import { minings, tripletForms } from '../tripletLoops.ts'
import { tupletMarginLoss } from '../tupletMargin.ts'
import { built, distanceFrom, reducerFrom } from './builder.ts'
import type { Builder } from './builder.ts'
import { pairMarginsOf } from './pairs.ts'

const mean = { kind: 'mean' } as const

export const tupletBuilders: Readonly<Record<string, Builder>> = {
  triplet: (read) =>
    built(tripletLoss, {
      margin: read.number('margin'),
      mining: read.choice('mining', minings),
      form: read.choice('form', tripletForms),
      isSwapped: read.choice('swap', ['no', 'yes']) === 'yes',
      ...distanceFrom(read),
      ...reducerFrom(read),
    }),
  lifted: (read) =>
    built(liftedLoss, { ...pairMarginsOf(read), ...distanceFrom(read), reducer: mean }),
  'generalized-lifted': (read) =>
    built(generalizedLiftedLoss, { ...pairMarginsOf(read), ...distanceFrom(read), reducer: mean }),
  circle: (read) =>
    built(circleLoss, {
      margin: read.number('margin'),
      scale: read.number('scale'),
      ...reducerFrom(read),
    }),
  'multi-similarity': ({ number, choice }) =>
    built(multiSimilarityLoss, {
      positiveScale: number('positiveScale'),
      negativeScale: number('negativeScale'),
      base: number('base'),
      mining: choice('mining', pairMinings),
      epsilon: number('epsilon'),
      distance: { kind: 'cosine' },
      reducer: mean,
    }),
  angular: ({ number }) => ({
    ...built(angularLoss, { angle: number('angle'), hasRawNegatives: false, reducer: mean }),
    // Positives of a memory would have to be compared with all of the memory.
    takesMemory: false,
  }),
  'tuplet-margin': ({ number }) =>
    built(tupletMarginLoss, { angle: number('angle'), scale: number('scale'), reducer: mean }),
  'centroid-triplet': (read) => ({
    ...built(centroidTripletLoss, { margin: read.number('margin'), ...reducerFrom(read) }),
    needsRaw: true,
    takesMemory: false,
  }),
  fastap: ({ number }) => built(fastApLoss, { bins: number('bins'), reducer: mean }),
  histogram: ({ number }) => built(histogramLoss, { bins: number('bins') }),
}
