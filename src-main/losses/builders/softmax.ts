import { crossViewDirections, crossViewLoss, crossViewPairs } from '../crossView.ts'
import { debiasedLoss } from '../debiased.ts'
import { decoupledLoss, decoupledWeightings } from '../decoupled.ts'
import { hardNegativeLoss } from '../hardNegative.ts'
import type { Loss } from '../loss.ts'
import { ncaLoss } from '../nca.ts'
import { nPairsLoss, nPairsPairs } from '../npairs.ts'
import { ntXentLoss, ntXentPairs } from '../ntxent.ts'
import type { Relation } from '../relation.ts'
import { sigLipLoss } from '../siglip.ts'
import type { SoftmaxPairs } from '../softmaxPairs.ts'
import { supConLoss, supConPairs } from '../supcon.ts'
import { built } from './builder.ts'
import type { Builder, BuiltLoss } from './builder.ts'

export const softmaxBuilders: Readonly<Record<string, Builder>> = {
  'nt-xent': ({ number }) =>
    builtPairs(ntXentLoss, ntXentPairs, { temperature: number('temperature') }),
  supcon: ({ number }) =>
    builtPairs(supConLoss, supConPairs, { temperature: number('temperature') }),
  'n-pairs': ({ number }) =>
    builtPairs(nPairsLoss, nPairsPairs, { temperature: number('temperature') }),
  'cross-view': ({ number, choice }) =>
    builtPairs(crossViewLoss, crossViewPairs, {
      temperature: number('temperature'),
      direction: choice('direction', crossViewDirections),
    }),
  nca: ({ number }) => built(ncaLoss, { scale: number('scale') }),
  decoupled: ({ number, choice }) =>
    built(decoupledLoss, {
      temperature: number('temperature'),
      weighting: choice('weighting', decoupledWeightings),
      sigma: number('sigma'),
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
  siglip: ({ number }) => built(sigLipLoss, { scale: number('scale'), bias: number('bias') }),
}

/** A loss that has a closed form. */
function builtPairs<P>(
  loss: Loss<P>,
  pairsOf: (relation: Relation, params: P) => SoftmaxPairs,
  params: P,
): BuiltLoss {
  return { ...built(loss, params), softmaxPairs: (relation) => pairsOf(relation, params) }
}
