import { contrastiveLoss } from '../../../src-main/losses/contrastive.ts'
import type { ContrastiveParams } from '../../../src-main/losses/contrastive.ts'
import { intraPairVarianceLoss } from '../../../src-main/losses/intraPairVariance.ts'
import type { IntraPairVarianceParams } from '../../../src-main/losses/intraPairVariance.ts'
import { learntOfMargin, marginLoss } from '../../../src-main/losses/margin.ts'
import type { MarginParams } from '../../../src-main/losses/margin.ts'
import { rankedListLoss } from '../../../src-main/losses/rankedList.ts'
import { learntOfSigLip, sigLipLoss } from '../../../src-main/losses/siglip.ts'
import {
  describeLoss,
  distanceLoop,
  mean,
  reduceLoop,
  relu,
  softplus,
  someDistances,
  someReducers,
  sum,
} from './lossChecks.ts'
import type { Pairs } from './lossChecks.ts'

const contrastive: ContrastiveParams = {
  positiveMargin: 0,
  negativeMargin: 1,
  distance: { kind: 'lp', p: 2, power: 1, isUnit: true },
  reducer: { kind: 'non-zero' },
}

describeLoss({
  title: 'Contrastive',
  loss: contrastiveLoss,
  params: contrastive,
  others: [
    ...someDistances.map((distance) => ({
      ...contrastive,
      positiveMargin: 0.2,
      negativeMargin: 0.8,
      distance,
    })),
    ...someReducers.map((reducer) => ({ ...contrastive, positiveMargin: 0.2, reducer })),
  ],
  loops: hinges,
  largestSlope: 1e11,
})

const snr: ContrastiveParams = { ...contrastive, distance: { kind: 'snr', isUnit: true } }

describeLoss({
  title: 'SNR contrastive',
  loss: contrastiveLoss,
  params: snr,
  others: [{ ...snr, positiveMargin: 0.01, negativeMargin: 0.2 }],
  loops: hinges,
})

const marginParams: MarginParams = {
  margin: 0.2,
  boundary: 1.2,
  mining: 'all',
  distance: { kind: 'lp', p: 2, power: 1, isUnit: true },
  boundaryRule: 'fixed',
  shrinkage: 0,
}

describeLoss({
  title: 'Margin',
  loss: marginLoss,
  learntOf: learntOfMargin,
  params: marginParams,
  others: [
    { ...marginParams, margin: 0.3, boundary: 0.9 },
    { ...marginParams, mining: 'distance-weighted' },
    { ...marginParams, boundary: 0.8, distance: { kind: 'cosine' } },
    { ...marginParams, boundaryRule: 'learnt', shrinkage: 0.1 },
    { ...marginParams, boundaryRule: 'per-label', shrinkage: 0.1 },
    { ...marginParams, boundaryRule: 'per-label', mining: 'distance-weighted' },
  ],
  loops: (pairs, params) => {
    const { anchors, positives, negatives, labels, learnt, fixed } = pairs
    const { margin, boundary, mining, boundaryRule, shrinkage, distance } = params
    const d = distanceLoop(pairs, distance)
    const drawn = distanceLoop(fixed, distance)
    const boundaryOf = (a: number) => {
      if (boundaryRule === 'fixed') return boundary
      return learnt['boundary']![boundaryRule === 'learnt' ? 0 : labels[a]!]!
    }
    let [total, count, size] = [0, 0, 0]
    for (const a of anchors) {
      const others = negatives(a)
      const draws = others.map((n) => 1 / frequency(drawn(a, n), fixed.z[a]!.length))
      for (const p of positives(a)) {
        for (const [k, n] of others.entries()) {
          const weight = mining === 'all' ? 1 : draws[k]! / sum(draws)
          size += weight * boundaryOf(a)
          for (const gap of [d(a, p) - boundaryOf(a), boundaryOf(a) - d(a, n)]) {
            total += weight * relu(gap + margin)
            count += gap + margin > 0 ? weight : 0
          }
        }
      }
    }
    if (count === 0) return 0
    const kept = boundaryRule === 'learnt' ? boundaryOf(0) : size / count
    return total / count + (boundaryRule === 'fixed' ? 0 : shrinkage * kept)
  },
})

const intraPair: IntraPairVarianceParams = {
  positiveEpsilon: 0.01,
  negativeEpsilon: 0.01,
  distance: { kind: 'cosine' },
  reducer: { kind: 'mean' },
}

describeLoss({
  title: 'Intra-pair variance',
  loss: intraPairVarianceLoss,
  params: intraPair,
  others: [
    { ...intraPair, positiveEpsilon: 0.1, negativeEpsilon: 0.05 },
    ...someReducers.map((reducer) => ({ ...intraPair, reducer })),
  ],
  loops: ({ anchors, positives, negatives, s }, params) => {
    const { positiveEpsilon, negativeEpsilon, reducer } = params
    const near = anchors.map((i) => positives(i).map((p) => s(i, p)))
    const far = anchors.map((i) => negatives(i).map((n) => s(i, n)))
    const goal = (1 - positiveEpsilon) * mean(near.flat())
    const limit = (1 + negativeEpsilon) * mean(far.flat())
    return (
      reduceLoop(
        near.map((own) => own.map((x) => relu(goal - x) ** 2)),
        reducer,
      ) +
      reduceLoop(
        far.map((own) => own.map((x) => relu(x - limit) ** 2)),
        reducer,
      )
    )
  },
})

describeLoss({
  title: 'Ranked list',
  loss: rankedListLoss,
  params: { boundary: 1.2, margin: 0.4, sharpness: 10, negativeShare: 0.5 },
  others: [
    { boundary: 1.6, margin: 0.1, sharpness: 0, negativeShare: 0.3 },
    { boundary: 1.2, margin: 0.4, sharpness: 1000, negativeShare: 0.9 },
  ],
  loops: ({ anchors, positives, negatives, d, fixed }, params) => {
    const { boundary, margin, sharpness, negativeShare } = params
    return mean(
      anchors.map((i) => {
        const far = positives(i).filter((p) => d(i, p) > boundary - margin)
        const near = negatives(i).filter((n) => d(i, n) < boundary)
        const closest = Math.min(...near.map((n) => fixed.d(i, n)))
        const weights = near.map((n) => Math.exp(sharpness * (closest - fixed.d(i, n))))
        const push = sum(near.map((n, k) => (weights[k]! / sum(weights)) * (boundary - d(i, n))))
        const pull = mean(far.map((p) => d(i, p) - (boundary - margin)))
        return (1 - negativeShare) * pull + negativeShare * push
      }),
    )
  },
})

describeLoss({
  title: 'SigLIP',
  loss: sigLipLoss,
  isOfViews: true,
  learntOf: learntOfSigLip,
  params: { scale: 10, bias: -10, isLearnt: false },
  others: [
    { scale: 2.7, bias: 0, isLearnt: false },
    { scale: 100, bias: -10, isLearnt: false },
    { scale: 10, bias: -10, isLearnt: true },
  ],
  loops: ({ anchors, positives, negatives, s, relation, learnt }, params) => {
    const scale = params.isLearnt ? Math.exp(learnt['logScale']![0]!) : params.scale
    const bias = params.isLearnt ? learnt['bias']![0]! : params.bias
    const isMet = (i: number, j: number) => j >= relation.rows || i < 4 !== j < 4
    const terms = anchors.map((i) => [
      ...positives(i).flatMap((p) => (isMet(i, p) ? [softplus(-scale * s(i, p) - bias)] : [])),
      ...negatives(i).flatMap((n) => (isMet(i, n) ? [softplus(scale * s(i, n) + bias)] : [])),
    ])
    return mean(terms.map(sum))
  },
})

function hinges(
  pairs: Pairs,
  { positiveMargin, negativeMargin, distance, reducer }: ContrastiveParams,
): number {
  const { anchors, positives, negatives } = pairs
  const d = distanceLoop(pairs, distance)
  const far = anchors.map((i) => positives(i).map((p) => relu(d(i, p) - positiveMargin)))
  const near = anchors.map((i) => negatives(i).map((n) => relu(negativeMargin - d(i, n))))
  return reduceLoop(far, reducer) + reduceLoop(near, reducer)
}

/** How often a distance occurs on the sphere; beyond 1.4 nothing is drawn, below .5 no more often. */
function frequency(distance: number, dim: number): number {
  if (distance >= 1.4) return Infinity
  const d = Math.max(distance, 0.5)
  return d ** (dim - 2) * (1 - d ** 2 / 4) ** ((dim - 3) / 2)
}
