import { crossViewDirections, crossViewLoss, crossViewPairs } from '../crossView.ts'
import { debiasedLoss } from '../debiased.ts'
import { decoupledLoss, decoupledWeightings } from '../decoupled.ts'
import { hardNegativeLoss } from '../hardNegative.ts'
import type { Loss } from '../loss.ts'
import { ncaLoss } from '../nca.ts'
import { nPairsLoss, nPairsPairs } from '../npairs.ts'
import { ntXentLoss, ntXentPairs } from '../ntxent.ts'
import type { Relation } from '../relation.ts'
import { learntOfSigLip, sigLipLoss } from '../siglip.ts'
import type { SoftmaxPairs } from '../softmaxPairs.ts'
import { supConLoss, supConPairs } from '../supcon.ts'
import { learntTemperature, temperatureRules } from '../temperature.ts'
import type { TemperatureParams } from '../temperature.ts'
import { built, distanceFrom } from './builder.ts'
import type { Builder, BuiltLoss, ParameterReader } from './builder.ts'

const mean = { kind: 'mean' } as const

export const softmaxBuilders: Readonly<Record<string, Builder>> = {
  'nt-xent': (read) =>
    ofTemperature(ntXentLoss, ntXentPairs, {
      ...temperatureFrom(read),
      ...distanceFrom(read),
      reducer: mean,
    }),
  supcon: (read) =>
    ofTemperature(supConLoss, supConPairs, {
      ...temperatureFrom(read),
      ...distanceFrom(read),
      reducer: mean,
    }),
  'cross-view': (read) => ({
    ...ofTemperature(crossViewLoss, crossViewPairs, {
      ...temperatureFrom(read),
      direction: read.choice('direction', crossViewDirections),
    }),
    scope: 'views',
  }),
  decoupled: (read) => {
    const params = {
      ...temperatureFrom(read),
      weighting: read.choice('weighting', decoupledWeightings),
      sigma: read.number('sigma'),
    }
    return { ...built(decoupledLoss, params), learntOf: () => learntTemperature(params) }
  },
  'n-pairs': (read) => {
    const params = {
      temperature: read.number('temperature'),
      ...distanceFrom(read),
      reducer: mean,
    }
    const isCosine = params.distance.kind === 'cosine'
    return {
      ...built(nPairsLoss, params),
      scope: 'batch',
      ...(isCosine && {
        softmaxPairs: (relation: Relation) => nPairsPairs(relation, params),
      }),
    }
  },
  nca: (read) =>
    built(ncaLoss, {
      scale: read.number('scale'),
      ...distanceFrom(read),
      reducer: mean,
    }),
  debiased: ({ number }) =>
    built(debiasedLoss, {
      temperature: number('temperature'),
      falseShare: number('falseShare'),
    }),
  'hard-negative': ({ number }) =>
    built(hardNegativeLoss, {
      temperature: number('temperature'),
      falseShare: number('falseShare'),
      hardness: number('hardness'),
    }),
  siglip: ({ number, choice }) => {
    const params = {
      scale: number('scale'),
      bias: number('bias'),
      isLearnt: choice('scaleRule', ['fixed', 'learnt']) === 'learnt',
    }
    return {
      ...built(sigLipLoss, params),
      learntOf: () => learntOfSigLip(params),
      scope: 'views',
    }
  },
}

function temperatureFrom({ number, choice }: ParameterReader): TemperatureParams {
  return {
    temperature: number('temperature'),
    rule: choice('temperatureRule', temperatureRules),
    alpha: number('temperatureReaction'),
    start: number('temperatureStart'),
  }
}

/** A loss that has a closed form of cosines and a fixed temperature. */
function ofTemperature<
  P extends TemperatureParams & { readonly distance?: { readonly kind: string } },
>(loss: Loss<P>, pairsOf: (relation: Relation, params: P) => SoftmaxPairs, params: P): BuiltLoss {
  const isClosed =
    params.rule === 'fixed' && (params.distance === undefined || params.distance.kind === 'cosine')
  return {
    ...built(loss, params),
    learntOf: () => learntTemperature(params),
    ...(isClosed && { softmaxPairs: (relation: Relation) => pairsOf(relation, params) }),
  }
}
