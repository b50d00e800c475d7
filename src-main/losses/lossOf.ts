import type { ParameterValues } from '../contract/catalogue.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { alignUniformLoss } from './alignUniform.ts'
import { angularLoss } from './angular.ts'
import { centroidTripletLoss } from './centroidTriplet.ts'
import { circleLoss } from './circle.ts'
import { contrastiveLoss, pairDistances } from './contrastive.ts'
import { crossViewDirections, crossViewPairs } from './crossView.ts'
import { debiasedLoss } from './debiased.ts'
import { decoupledLoss, decoupledWeightings } from './decoupled.ts'
import { fastApLoss } from './fastap.ts'
import { generalizedLiftedLoss } from './generalizedLifted.ts'
import { hardNegativeLoss } from './hardNegative.ts'
import { histogramLoss } from './histogram.ts'
import { intraPairVarianceLoss } from './intraPairVariance.ts'
import { liftedLoss } from './lifted.ts'
import type { Loss } from './loss.ts'
import { marginLoss, marginMinings } from './margin.ts'
import { minings } from './mining.ts'
import { multiSimilarityLoss, pairMinings } from './multiSimilarity.ts'
import { ncaLoss } from './nca.ts'
import { nPairsPairs } from './npairs.ts'
import { ntXentPairs } from './ntxent.ts'
import { rankedListLoss } from './rankedList.ts'
import type { Relation } from './relation.ts'
import { sigLipLoss } from './siglip.ts'
import { snrLoss } from './snr.ts'
import { softmaxPairsLoss } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'
import { supConPairs } from './supcon.ts'
import { tripletForms, tripletLoss } from './triplet.ts'
import { tupletMarginLoss } from './tupletMargin.ts'

/** A loss that knows its batch's relation; has the shape that an encoder's `step` takes. */
export interface BoundLoss {
  /** @param rows unit rows `[batch, dim]` */
  readonly ofRows: (rows: Tensor2D) => Scalar
  readonly softmaxPairs?: SoftmaxPairs
}

/** Binds a loss to the relation of one batch. */
export type BindLoss = (relation: Relation) => BoundLoss

/**
 * The loss of a run's configuration.
 *
 * @throws TypeError for a name or value that the catalogue does not have: it was to be checked before
 */
export function lossOf({ name, params }: { name: string; params: ParameterValues }): BindLoss {
  const number = (key: string) => numberOf(params, key)
  const choice = <T extends string>(key: string, choices: readonly T[]) =>
    choiceOf(params, key, choices)
  const pairMargins = () => ({
    positiveMargin: number('positiveMargin'),
    negativeMargin: number('negativeMargin'),
  })
  switch (name) {
    case 'nt-xent':
      return boundPairs(ntXentPairs, { temperature: number('temperature') })
    case 'supcon':
      return boundPairs(supConPairs, { temperature: number('temperature') })
    case 'n-pairs':
      return boundPairs(nPairsPairs, { temperature: number('temperature') })
    case 'cross-view':
      return boundPairs(crossViewPairs, {
        temperature: number('temperature'),
        direction: choice('direction', crossViewDirections),
      })
    case 'triplet':
      return bound(tripletLoss, {
        margin: number('margin'),
        mining: choice('mining', minings),
        form: choice('form', tripletForms),
      })
    case 'contrastive':
      return bound(contrastiveLoss, {
        ...pairMargins(),
        distance: choice('distance', pairDistances),
      })
    case 'snr-contrastive':
      return bound(snrLoss, pairMargins())
    case 'lifted':
      return bound(liftedLoss, pairMargins())
    case 'generalized-lifted':
      return bound(generalizedLiftedLoss, pairMargins())
    case 'circle':
      return bound(circleLoss, { margin: number('margin'), scale: number('scale') })
    case 'multi-similarity':
      return bound(multiSimilarityLoss, {
        positiveScale: number('positiveScale'),
        negativeScale: number('negativeScale'),
        base: number('base'),
        mining: choice('mining', pairMinings),
        epsilon: number('epsilon'),
      })
    case 'nca':
      return bound(ncaLoss, { scale: number('scale') })
    case 'margin':
      return bound(marginLoss, {
        margin: number('margin'),
        boundary: number('boundary'),
        mining: choice('mining', marginMinings),
      })
    case 'ranked-list':
      return bound(rankedListLoss, {
        boundary: number('boundary'),
        margin: number('margin'),
        sharpness: number('sharpness'),
        negativeShare: number('negativeShare'),
      })
    case 'angular':
      return bound(angularLoss, { angle: number('angle') })
    case 'tuplet-margin':
      return bound(tupletMarginLoss, { angle: number('angle'), scale: number('scale') })
    case 'intra-pair-variance':
      return bound(intraPairVarianceLoss, {
        positiveEpsilon: number('positiveEpsilon'),
        negativeEpsilon: number('negativeEpsilon'),
      })
    case 'centroid-triplet':
      return bound(centroidTripletLoss, { margin: number('margin') })
    case 'fastap':
      return bound(fastApLoss, { bins: number('bins') })
    case 'histogram':
      return bound(histogramLoss, { bins: number('bins') })
    case 'decoupled':
      return bound(decoupledLoss, {
        temperature: number('temperature'),
        weighting: choice('weighting', decoupledWeightings),
        sigma: number('sigma'),
      })
    case 'debiased':
      return bound(debiasedLoss, {
        temperature: number('temperature'),
        falseShare: number('falseShare'),
      })
    case 'hard-negative':
      return bound(hardNegativeLoss, {
        temperature: number('temperature'),
        falseShare: number('falseShare'),
        hardness: number('hardness'),
      })
    case 'siglip':
      return bound(sigLipLoss, { scale: number('scale'), bias: number('bias') })
    case 'align-uniform':
      return bound(alignUniformLoss, {
        alignPower: number('alignPower'),
        uniformScale: number('uniformScale'),
        alignWeight: number('alignWeight'),
        uniformWeight: number('uniformWeight'),
      })
    default:
      throw new TypeError(`no loss is called ${name}`)
  }
}

function bound<P>(loss: Loss<P>, params: P): BindLoss {
  return (relation) => ({
    ofRows: (rows) => loss({ rows, columns: rows, relation }, params),
  })
}

/** A loss that has a closed form. */
function boundPairs<P>(
  pairsOf: (relation: Relation, params: P) => SoftmaxPairs,
  params: P,
): BindLoss {
  return (relation) => {
    const pairs = pairsOf(relation, params)
    return { ofRows: (rows) => softmaxPairsLoss(rows, rows, pairs), softmaxPairs: pairs }
  }
}

function numberOf(params: ParameterValues, name: string): number {
  const value = params[name]
  if (typeof value !== 'number') throw new TypeError(`${name} is ${String(value)}, not a number`)
  return value
}

function choiceOf<T extends string>(
  params: ParameterValues,
  name: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === params[name])
  if (found === undefined)
    throw new TypeError(`${name} is ${String(params[name])}, not one of ${choices.join(', ')}`)
  return found
}
