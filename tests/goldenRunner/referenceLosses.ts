import { alignUniformLoss } from '../../src-main/losses/alignUniform.ts'
import { angularLoss } from '../../src-main/losses/angular.ts'
import { arcFaceLoss } from '../../src-main/losses/arcFace.ts'
import { barlowTwinsLoss } from '../../src-main/losses/barlowTwins.ts'
import { centroidTripletLoss } from '../../src-main/losses/centroidTriplet.ts'
import { circleLoss } from '../../src-main/losses/circle.ts'
import { contrastiveLoss } from '../../src-main/losses/contrastive.ts'
import type { ContrastiveParams } from '../../src-main/losses/contrastive.ts'
import { cosFaceLoss } from '../../src-main/losses/cosFace.ts'
import { crossViewLoss } from '../../src-main/losses/crossView.ts'
import { debiasedLoss } from '../../src-main/losses/debiased.ts'
import { decoupledLoss } from '../../src-main/losses/decoupled.ts'
import type { Distance } from '../../src-main/losses/distance.ts'
import { falseNegativesLoss } from '../../src-main/losses/falseNegatives.ts'
import { fastApLoss } from '../../src-main/losses/fastap.ts'
import { generalizedLiftedLoss } from '../../src-main/losses/generalizedLifted.ts'
import { hardNegativeLoss } from '../../src-main/losses/hardNegative.ts'
import { intraPairVarianceLoss } from '../../src-main/losses/intraPairVariance.ts'
import { liftedLoss } from '../../src-main/losses/lifted.ts'
import type { Batch, Learnt } from '../../src-main/losses/loss.ts'
import { marginLoss } from '../../src-main/losses/margin.ts'
import { multiSimilarityLoss } from '../../src-main/losses/multiSimilarity.ts'
import { ncaLoss } from '../../src-main/losses/nca.ts'
import { normalizedSoftmaxLoss } from '../../src-main/losses/normalizedSoftmax.ts'
import { nPairsLoss } from '../../src-main/losses/npairs.ts'
import { ntXentLoss } from '../../src-main/losses/ntxent.ts'
import { proxyAnchorLoss } from '../../src-main/losses/proxyAnchor.ts'
import { proxyNcaLoss } from '../../src-main/losses/proxyNca.ts'
import type { Reducer } from '../../src-main/losses/reducer.ts'
import { sigLipLoss } from '../../src-main/losses/siglip.ts'
import { softTripleLoss } from '../../src-main/losses/softTriple.ts'
import { supConLoss } from '../../src-main/losses/supcon.ts'
import { tripletLoss } from '../../src-main/losses/triplet.ts'
import { tupletMarginLoss } from '../../src-main/losses/tupletMargin.ts'
import { vicRegLoss } from '../../src-main/losses/vicReg.ts'
import type { Scalar } from '../../src-main/numeric/tf.ts'
import type { Matrix } from './findings.ts'
import { isRecord } from './fixtures.ts'
import { NotOffered, distanceOf, isSimilarity, reducerOf } from './referenceParams.ts'
import type { ReferenceParams } from './referenceParams.ts'
import type { ExpectedTuple } from './selection.ts'

/** What a case gives a loss beside its parameters. */
export interface LossInputs {
  readonly embeddings?: Matrix | undefined
  readonly labels?: readonly number[] | undefined
  readonly view1?: Matrix | undefined
  readonly view2?: Matrix | undefined
  readonly proxies?: Matrix | undefined
  readonly W?: Matrix | undefined
  readonly fc?: Matrix | undefined
  readonly beta?: number | readonly number[] | undefined
  readonly indicesTuple?: ExpectedTuple | undefined
}

/** A value that a loss learns, in the shape that it has here. */
export interface LearntInput {
  readonly values: Matrix
  readonly shape: readonly number[]
  /** The reference's name: its gradient is `expected.grad…` or one of `expected.gradParams`. */
  readonly of: string
  /** A gradient of ours in the reference's shape. */
  readonly toReference: (gradient: Matrix) => Matrix
}

/** A loss of ours with everything set. */
export interface ChosenLoss {
  readonly of: (batch: Batch, learnt: Learnt) => Scalar
  readonly learnt?: Readonly<Record<string, LearntInput>>
}

/** How a loss of the reference is said in our words. */
export interface ReferenceLoss {
  /** What a miner selects reaches it as triplets, not as pairs. */
  readonly isOfTriplets?: boolean
  readonly choose: (params: ReferenceParams, inputs: LossInputs) => ChosenLoss
}

const euclidean: Distance = { kind: 'lp', p: 2, power: 1, isUnit: true }
const squared: Distance = { kind: 'lp', p: 2, power: 2, isUnit: true }
const cosine: Distance = { kind: 'cosine' }
const snr: Distance = { kind: 'snr', isUnit: true }
const mean: Reducer = { kind: 'mean' }
const nonZero: Reducer = { kind: 'non-zero' }

/** By the `loss` of their files; defaults are the reference's, for the steps of a memory. */
export const referenceLosses: Readonly<Record<string, ReferenceLoss>> = {
  contrastive: plain((params) => {
    const chosen = pairMargins(params, [0, 1], euclidean, nonZero)
    return (batch) => contrastiveLoss(batch, chosen)
  }),
  snr_contrastive: plain((params) => {
    const chosen = pairMargins(params, [0, 1], snr, nonZero)
    return (batch) => contrastiveLoss(batch, chosen)
  }),
  lifted_structure: plain((params) => {
    const chosen = pairMargins(params, [0, 1], euclidean, mean)
    return (batch) => liftedLoss(batch, chosen)
  }),
  generalized_lifted_structure: plain((params) => {
    const chosen = pairMargins(params, [0, 1], euclidean, mean)
    return (batch) => generalizedLiftedLoss(batch, chosen)
  }),
  triplet_margin: {
    isOfTriplets: true,
    ...plain((params) => {
      expectAllTriplets(params)
      const chosen = {
        margin: params.number('margin', 0.05),
        isSwapped: params.flag('swap'),
        form: params.flag('smooth_loss') ? ('soft' as const) : ('hinge' as const),
        mining: 'all' as const,
        ...measured(params, euclidean, nonZero),
      }
      return (batch) => tripletLoss(batch, chosen)
    }),
  },
  margin: { isOfTriplets: true, choose: marginOf },
  ntxent: plain((params) => {
    const temperature = params.number('temperature', 0.07)
    const chosen = { temperature, ...measured(params, cosine, mean) }
    return (batch, learnt) => ntXentLoss(batch, chosen, learnt)
  }),
  infonce_two_view: plain((params) => {
    const chosen = { temperature: params.number('temperature'), ...measured(params, cosine, mean) }
    return (batch, learnt) => ntXentLoss(batch, chosen, learnt)
  }),
  infonce_cross_view: plain((params) => {
    const direction = params.flag('symmetric') ? ('both' as const) : ('one' as const)
    const chosen = { temperature: params.number('temperature'), direction }
    return (batch, learnt) => crossViewLoss(batch, chosen, learnt)
  }),
  supcon: plain((params) => {
    const temperature = params.number('temperature', 0.1)
    const { distance, reducer } = measured(params, cosine, nonZero)
    const chosen = { temperature, distance, reducer: overAllAnchors(reducer) }
    return (batch, learnt) => supConLoss(batch, chosen, learnt)
  }),
  circle: plain((params) => {
    const { distance, reducer } = measured(params, cosine, nonZero)
    expectCosine(distance)
    const chosen = {
      margin: params.number('m', 0.4),
      scale: params.number('gamma', 80),
      reducer: overAllAnchors(reducer),
    }
    return (batch) => circleLoss(batch, chosen)
  }),
  multi_similarity: plain((params) => {
    const chosen = {
      positiveScale: params.number('alpha', 2),
      negativeScale: params.number('beta', 50),
      base: params.number('base', 0.5),
      mining: 'all' as const,
      epsilon: 0,
      ...measured(params, cosine, mean),
    }
    return (batch) => multiSimilarityLoss(batch, chosen)
  }),
  npairs: plain((params) => {
    const chosen = { temperature: 1, ...measured(params, { kind: 'dot', isUnit: true }, mean) }
    return (batch) => nPairsLoss(batch, chosen)
  }),
  nca: plain((params) => {
    const scale = params.number('softmax_scale', 1)
    const chosen = { scale, ...measured(params, squared, mean) }
    return (batch) => ncaLoss(batch, chosen)
  }),
  fastap: plain((params) => {
    const { distance, reducer } = measured(params, squared, mean)
    expectEuclidean(distance, 2)
    const chosen = { bins: params.number('num_bins', 10), reducer }
    return (batch) => fastApLoss(batch, chosen)
  }),
  angular: plain((params) => {
    const { distance, reducer } = measured(params, euclidean, mean)
    expectEuclidean(distance, 1)
    const chosen = { angle: params.number('alpha', 40), hasRawNegatives: true, reducer }
    return (batch) => angularLoss(batch, chosen)
  }),
  tuplet_margin: plain((params) => {
    const { distance, reducer } = measured(params, cosine, mean)
    expectCosine(distance)
    const chosen = {
      angle: params.number('margin', 5.73),
      scale: params.number('scale', 64),
      reducer,
    }
    return (batch) => tupletMarginLoss(batch, chosen)
  }),
  intra_pair_variance: plain((params) => {
    const chosen = {
      positiveEpsilon: params.number('pos_eps', 0.01),
      negativeEpsilon: params.number('neg_eps', 0.01),
      ...measured(params, cosine, mean),
    }
    return (batch) => intraPairVarianceLoss(batch, chosen)
  }),
  centroid_triplet: plain((params) => {
    const { distance, reducer } = measured(params, euclidean, nonZero)
    expectEuclidean(distance, 1)
    const chosen = { margin: params.number('margin', 0.05), reducer }
    return (batch) => centroidTripletLoss(batch, chosen)
  }),
  debiased_contrastive: plain((params) => {
    const chosen = {
      temperature: params.number('temperature'),
      falseShare: params.number('tau_plus'),
    }
    return (batch) => debiasedLoss(batch, chosen)
  }),
  hard_negative_hcl: plain((params) => {
    const chosen = {
      temperature: params.number('temperature'),
      falseShare: params.number('tau_plus'),
      hardness: params.number('beta'),
    }
    return (batch) => hardNegativeLoss(batch, chosen)
  }),
  decoupled_dcl: plain((params) => {
    const sigma = params.maybe('sigma')
    const temperature = params.number('temperature')
    const chosen =
      sigma === undefined
        ? { temperature, weighting: 'even' as const, sigma: 1 }
        : { temperature, weighting: 'far-positives' as const, sigma }
    return (batch, learnt) => decoupledLoss(batch, chosen, learnt)
  }),
  siglip: {
    choose: (params) => {
      const logScale = params.number('log_temperature')
      const bias = params.number('bias')
      const chosen = { scale: Math.exp(logScale), bias, isLearnt: true }
      return {
        of: (batch, learnt) => sigLipLoss(batch, chosen, learnt),
        learnt: {
          logScale: single(logScale, 'log_temperature'),
          bias: single(bias, 'bias'),
        },
      }
    },
  },
  fnc_derived: plain((params) => {
    const mode = params.text('mode')
    if (mode !== 'eliminate' && mode !== 'attract')
      throw new NotOffered(`the mode ${mode} is not known here`)
    const chosen = {
      cancellation: mode,
      temperature: params.number('temperature'),
      most: params.number('topk'),
      threshold: params.number('threshold'),
    } as const
    return (batch, learnt) => falseNegativesLoss(batch, chosen, learnt)
  }),
  vicreg: plain((params) => {
    const chosen = {
      invariance: params.number('invariance_lambda', 25),
      variance: params.number('variance_mu', 25),
      covariance: params.number('covariance_v', 1),
      epsilon: params.number('eps', 0.0001),
    }
    return (batch) => vicRegLoss(batch, chosen)
  }),
  barlow_twins: plain((params) => {
    const chosen = {
      redundancy: params.number('lambda_param', 0.005),
      epsilon: params.number('eps', 0.00001),
    }
    return (batch) => barlowTwinsLoss(batch, chosen)
  }),
  proxy_nca: ofProxies('proxies', (params) => {
    const scale = params.number('softmax_scale', 1)
    const chosen = { scale, proxyRate: 1, ...measured(params, squared, mean) }
    return (batch, learnt) => proxyNcaLoss(batch, chosen, learnt)
  }),
  proxy_anchor: ofProxies('proxies', (params) => {
    expectCosine(distanceOf(params.any('distance'), cosine))
    expectDivisor(params)
    const chosen = {
      margin: params.number('margin', 0.1),
      scale: params.number('alpha', 32),
      proxyRate: 1,
    }
    return (batch, learnt) => proxyAnchorLoss(batch, chosen, learnt)
  }),
  soft_triple: ofProxies('fc', (params) => {
    const { distance, reducer } = measured(params, cosine, mean)
    expectCosine(distance)
    const chosen = {
      centres: params.number('centers_per_class', 10),
      scale: params.number('la', 20),
      softness: params.number('gamma', 0.1),
      margin: params.number('margin', 0.01),
      // The reference leaves out what draws the centres of a label together.
      merging: 0,
      proxyRate: 1,
      reducer,
    }
    return (batch, learnt) => softTripleLoss(batch, chosen, learnt)
  }),
  arcface: ofProxies('W', (params) => {
    const { distance, reducer } = measured(params, cosine, mean)
    expectCosine(distance)
    const chosen = {
      angle: params.number('margin', 28.6),
      scale: params.number('scale', 64),
      centres: 1,
      proxyRate: 1,
      reducer,
    }
    return (batch, learnt) => arcFaceLoss(batch, chosen, learnt)
  }),
  cosface: ofProxies('W', (params) => {
    const { distance, reducer } = measured(params, cosine, mean)
    expectCosine(distance)
    const chosen = {
      margin: params.number('margin', 0.35),
      scale: params.number('scale', 64),
      proxyRate: 1,
      reducer,
    }
    return (batch, learnt) => cosFaceLoss(batch, chosen, learnt)
  }),
  normalized_softmax: ofProxies('W', (params) => {
    const { distance, reducer } = measured(params, { kind: 'dot', isUnit: true }, mean)
    expectCosine(distance)
    const chosen = { temperature: params.number('temperature', 0.05), proxyRate: 1, reducer }
    return (batch, learnt) => normalizedSoftmaxLoss(batch, chosen, learnt)
  }),
  alignment_uniformity: plain((params) => {
    const chosen = {
      alignPower: params.number('alpha'),
      uniformScale: params.number('t'),
      alignWeight: params.number('alignWeight'),
      uniformWeight: params.number('uniformWeight'),
    }
    return (batch) => alignUniformLoss(batch, chosen)
  }),
}

/** A loss that learns nothing. */
function plain(choose: (params: ReferenceParams) => ChosenLoss['of']): ReferenceLoss {
  return { choose: (params) => ({ of: choose(params) }) }
}

/**
 * A loss over proxies, here one a row; the reference has some of them as columns.
 *
 * @param source of the proxies among the inputs
 */
function ofProxies(
  source: 'proxies' | 'W' | 'fc',
  choose: (params: ReferenceParams) => ChosenLoss['of'],
): ReferenceLoss {
  return {
    choose: (params, inputs) => {
      params.ignore('num_classes', 'embedding_size')
      const given = inputs[source]
      if (!given) throw new NotOffered(`its ${source} is missing`)
      const isTurned = source !== 'proxies'
      const values = isTurned ? transposed(given) : given
      return {
        of: choose(params),
        learnt: {
          proxies: {
            values,
            shape: [values.length, values[0]?.length ?? 0],
            of: { proxies: 'Proxies', W: 'W', fc: 'Fc' }[source],
            toReference: (gradient) => (isTurned ? transposed(gradient) : gradient),
          },
        },
      }
    },
  }
}

function transposed(rows: Matrix): Matrix {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? NaN))
}

function measured(
  params: ReferenceParams,
  distance: Distance,
  reducer: Reducer,
): { readonly distance: Distance; readonly reducer: Reducer } {
  return {
    distance: distanceOf(params.any('distance'), distance),
    reducer: reducerOf(params.any('reducer'), reducer),
  }
}

/** The reference's mean counts anchors that have nothing to say, which ours leaves out. */
function overAllAnchors(reducer: Reducer): Reducer {
  return reducer.kind === 'mean' ? { kind: 'per-anchor' } : reducer
}

/** Margins of a similarity s are ours of 1 − s. */
function pairMargins(
  params: ReferenceParams,
  [positive, negative]: readonly [number, number],
  distance: Distance,
  reducer: Reducer,
): ContrastiveParams {
  const chosen = measured(params, distance, reducer)
  const toOurs = (margin: number) => (isSimilarity(chosen.distance) ? 1 - margin : margin)
  return {
    positiveMargin: toOurs(params.number('pos_margin', positive)),
    negativeMargin: toOurs(params.number('neg_margin', negative)),
    ...chosen,
  }
}

/** A boundary β is one number or one a label; the gradient of each is compared where it is learnt. */
function marginOf(params: ReferenceParams, { beta }: LossInputs): ChosenLoss {
  expectAllTriplets(params)
  params.ignore('num_classes')
  expectDivisor(params)
  const distance = distanceOf(params.any('distance'), euclidean)
  const toOurs = (boundary: number) => (isSimilarity(distance) ? 1 - boundary : boundary)
  const boundary = toOurs(params.number('beta', 1.2))
  const isPerLabel = Array.isArray(beta) && beta.length > 1
  const isLearnt = params.flag('learn_beta')
  const chosen = {
    margin: params.number('margin', 0.2),
    boundary,
    mining: 'all' as const,
    distance,
    boundaryRule: isPerLabel
      ? ('per-label' as const)
      : isLearnt
        ? ('learnt' as const)
        : ('fixed' as const),
    shrinkage: params.number('nu', 0),
  }
  const of: ChosenLoss['of'] = (batch, learnt) => marginLoss(batch, chosen, learnt)
  if (chosen.boundaryRule === 'fixed') return { of }
  if (chosen.shrinkage > 0 && isSimilarity(distance))
    throw new NotOffered(
      'a boundary of similarities is learnt as 1 − β here, and kept small as that',
    )
  const values = (typeof beta === 'number' ? [beta] : (beta ?? [boundary])).map(toOurs)
  const sign = isSimilarity(distance) ? -1 : 1
  const toReference = (gradient: Matrix) => [gradient.flat().map((slope) => sign * slope)]
  const shape = isPerLabel ? [values.length] : []
  return { of, learnt: { boundary: { values: [values], shape, of: 'Beta', toReference } } }
}

function single(value: number, of: string): LearntInput {
  return { values: [[value]], shape: [], of, toReference: (gradient) => gradient }
}

/** @throws NotOffered where triplets are drawn: there is nothing to compare with */
function expectAllTriplets(params: ReferenceParams): void {
  const count = params.any('triplets_per_anchor')
  if (count !== undefined && count !== 'all')
    throw new NotOffered('a draw of triplets cannot be compared, only all of them')
}

function expectCosine(distance: Distance): void {
  const isCosine = distance.kind === 'cosine' || (distance.kind === 'dot' && distance.isUnit)
  if (!isCosine) throw new NotOffered('this loss here is of cosines only')
}

function expectEuclidean(distance: Distance, power: number): void {
  const { kind } = distance
  if (kind !== 'lp' || distance.p !== 2 || distance.power !== power || !distance.isUnit)
    throw new NotOffered('this loss here is of Euclidean distances of unit rows only')
}

/** For losses that divide by a count of their own. */
function expectDivisor(params: ReferenceParams): void {
  const given = params.any('reducer')
  const parts = isRecord(given) ? Object.values(given) : [given ?? 'DivisorReducer']
  if (parts.some((part) => part !== 'DivisorReducer'))
    throw new NotOffered(
      'this loss here divides by a count of its own, as the reference does by default',
    )
}
