import type { ParameterValues } from '../../contract/catalogue.ts'
import { parameterReader } from '../builders/builder.ts'
import type { ParameterReader } from '../builders/builder.ts'
import { angularMiner } from './angular.ts'
import { batchHardMiner } from './batchHard.ts'
import { distanceWeightedMiner } from './distanceWeighted.ts'
import { easyHardMiner, strategies } from './easyHard.ts'
import { hardAwareMiner } from './hardAware.ts'
import { measures } from './miner.ts'
import type { Mined, MinerView } from './miner.ts'
import { multiSimilarityMiner } from './multiSimilarity.ts'
import { pairMarginMiner } from './pairMargin.ts'
import { tripletKinds, tripletMarginMiner } from './tripletMargin.ts'
import { uniformHistogramMiner } from './uniformHistogram.ts'

/** A miner of a run's configuration. */
export interface MinerChoice {
  readonly name: string
  readonly params: ParameterValues
}

/** A miner whose parameters are set. */
export type BoundMiner = (view: MinerView) => Mined

const builders: Readonly<Record<string, (read: ParameterReader) => BoundMiner>> = {
  'batch-hard': () => batchHardMiner,
  'easy-hard': ({ number, choice }) =>
    bound(easyHardMiner, {
      positives: choice('positives', strategies),
      negatives: choice('negatives', strategies),
      measure: choice('measure', measures),
      positiveRange: [number('positiveLow'), number('positiveHigh')],
      negativeRange: [number('negativeLow'), number('negativeHigh')],
    }),
  'triplet-margin': ({ number, choice }) =>
    bound(tripletMarginMiner, {
      margin: number('margin'),
      kind: choice('kind', tripletKinds),
      measure: choice('measure', measures),
    }),
  'multi-similarity': ({ number }) => bound(multiSimilarityMiner, { epsilon: number('epsilon') }),
  'pair-margin': ({ number, choice }) =>
    bound(pairMarginMiner, {
      positiveMargin: number('positiveMargin'),
      negativeMargin: number('negativeMargin'),
      measure: choice('measure', measures),
    }),
  angular: ({ number }) => bound(angularMiner, { angle: number('angle') }),
  'distance-weighted': ({ number }) =>
    bound(distanceWeightedMiner, { nearest: number('nearest'), farthest: number('farthest') }),
  'uniform-histogram': ({ number }) =>
    bound(uniformHistogramMiner, {
      bins: number('bins'),
      positivesPerBin: number('positivesPerBin'),
      negativesPerBin: number('negativesPerBin'),
    }),
  'hard-aware': ({ number }) => bound(hardAwareMiner, { share: number('share') }),
}

/** @throws TypeError for a name or value that the catalogue does not have: it was to be checked before */
export function minerOf({ name, params }: MinerChoice): BoundMiner {
  const build = builders[name]
  if (!build) throw new TypeError(`no miner is called ${name}`)
  return build(parameterReader(params))
}

function bound<P>(miner: (view: MinerView, params: P) => Mined, params: P): BoundMiner {
  return (view) => miner(view, params)
}
