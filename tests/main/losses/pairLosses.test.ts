import { contrastiveLoss, pairDistances } from '../../../src-main/losses/contrastive.ts'
import type { ContrastiveParams } from '../../../src-main/losses/contrastive.ts'
import { intraPairVarianceLoss } from '../../../src-main/losses/intraPairVariance.ts'
import { marginLoss } from '../../../src-main/losses/margin.ts'
import { rankedListLoss } from '../../../src-main/losses/rankedList.ts'
import { sigLipLoss } from '../../../src-main/losses/siglip.ts'
import { snrLoss } from '../../../src-main/losses/snr.ts'
import { describeLoss, mean, meanOfNonZero, relu, sum } from './lossChecks.ts'
import type { Pairs } from './lossChecks.ts'

interface Distance {
  readonly type: string
  readonly power: number
}

describeLoss({
  title: 'Contrastive',
  loss: contrastiveLoss,
  params: { positiveMargin: 0, negativeMargin: 1, distance: 'euclidean' },
  others: pairDistances.map((distance) => ({
    positiveMargin: 0.2,
    negativeMargin: 0.8,
    distance,
  })),
  loops: (pairs, { distance, ...margins }) =>
    hinges(pairs, margins, (i, j) => {
      if (distance === 'cosine') return 1 - pairs.s(i, j)
      return pairs.d(i, j) ** (distance === 'squared' ? 2 : 1)
    }),
  golden: {
    file: 'contrastive',
    // The reference's mean over all pairs is not offered.
    left: 3,
    paramsOf: ({ pos_margin, neg_margin, distance, reducer }): ContrastiveParams | null => {
      if ((reducer as { pos_loss: string }).pos_loss !== 'AvgNonZeroReducer') return null
      const [near, far] = [pos_margin as number, neg_margin as number]
      const { type, power } = distance as Distance
      // On a similarity its margins are similarities.
      if (type === 'CosineSimilarity')
        return { positiveMargin: 1 - near, negativeMargin: 1 - far, distance: 'cosine' }
      const kind = power === 2 ? 'squared' : 'euclidean'
      return { positiveMargin: near, negativeMargin: far, distance: kind }
    },
  },
})

describeLoss({
  title: 'SNR contrastive',
  loss: snrLoss,
  params: { positiveMargin: 0, negativeMargin: 1 },
  others: [{ positiveMargin: 0.01, negativeMargin: 0.2 }],
  loops: (pairs, margins) =>
    hinges(pairs, margins, (i, j) => {
      const noise = pairs.z[i]!.map((x, k) => x - pairs.z[j]![k]!)
      return variance(noise) / variance(pairs.z[i]!)
    }),
  golden: { file: 'snr_contrastive', paramsOf: marginsOf },
})

describeLoss({
  title: 'Margin',
  loss: marginLoss,
  params: { margin: 0.2, boundary: 1.2, mining: 'all' },
  others: [
    { margin: 0.3, boundary: 0.9, mining: 'all' },
    { margin: 0.2, boundary: 1.2, mining: 'distance-weighted' },
  ],
  loops: ({ anchors, positives, negatives, d, fixed }, { margin, boundary, mining }) => {
    let [total, count] = [0, 0]
    for (const a of anchors) {
      const others = negatives(a)
      const draws = others.map((n) => 1 / frequency(fixed.d(a, n), fixed.z[a]!.length))
      for (const p of positives(a))
        for (const [k, n] of others.entries()) {
          const weight = mining === 'all' ? 1 : draws[k]! / sum(draws)
          for (const gap of [d(a, p) - boundary, boundary - d(a, n)]) {
            total += weight * relu(gap + margin)
            count += gap + margin > 0 ? weight : 0
          }
        }
    }
    return count === 0 ? 0 : total / count
  },
  golden: {
    file: 'margin',
    // A boundary that is learnt is not offered.
    left: 3,
    paramsOf: ({ margin, beta, learn_beta }) =>
      learn_beta
        ? null
        : { margin: margin as number, boundary: beta as number, mining: 'all' as const },
  },
})

describeLoss({
  title: 'Intra-pair variance',
  loss: intraPairVarianceLoss,
  params: { positiveEpsilon: 0.01, negativeEpsilon: 0.01 },
  others: [{ positiveEpsilon: 0.1, negativeEpsilon: 0.05 }],
  loops: ({ anchors, positives, negatives, s }, { positiveEpsilon, negativeEpsilon }) => {
    const near = anchors.flatMap((i) => positives(i).map((p) => s(i, p)))
    const far = anchors.flatMap((i) => negatives(i).map((n) => s(i, n)))
    const [goal, limit] = [(1 - positiveEpsilon) * mean(near), (1 + negativeEpsilon) * mean(far)]
    return mean(near.map((x) => relu(goal - x) ** 2)) + mean(far.map((x) => relu(x - limit) ** 2))
  },
  golden: {
    file: 'intra_pair_variance',
    paramsOf: ({ pos_eps, neg_eps }) => ({
      positiveEpsilon: pos_eps as number,
      negativeEpsilon: neg_eps as number,
    }),
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
  params: { scale: 10, bias: -10 },
  others: [
    { scale: 2.7, bias: 0 },
    { scale: 100, bias: -10 },
  ],
  loops: ({ anchors, positives, negatives, s, relation }, { scale, bias }) => {
    const isMet = (i: number, j: number) => j >= relation.rows || i < 4 !== j < 4
    const terms = anchors.map((i) => [
      ...positives(i).flatMap((p) => (isMet(i, p) ? [softplus(-scale * s(i, p) - bias)] : [])),
      ...negatives(i).flatMap((n) => (isMet(i, n) ? [softplus(scale * s(i, n) + bias)] : [])),
    ])
    return mean(terms.map(sum))
  },
  golden: {
    file: 'siglip',
    paramsOf: ({ log_temperature, bias }) => ({
      scale: Math.exp(log_temperature as number),
      bias: bias as number,
    }),
  },
})

function marginsOf({ pos_margin, neg_margin }: Readonly<Record<string, unknown>>) {
  return { positiveMargin: pos_margin as number, negativeMargin: neg_margin as number }
}

function hinges(
  { anchors, positives, negatives }: Pairs,
  { positiveMargin, negativeMargin }: { positiveMargin: number; negativeMargin: number },
  distance: (i: number, j: number) => number,
): number {
  const far = anchors.flatMap((i) => positives(i).map((p) => distance(i, p) - positiveMargin))
  const near = anchors.flatMap((i) => negatives(i).map((n) => negativeMargin - distance(i, n)))
  return meanOfNonZero(far.map(relu)) + meanOfNonZero(near.map(relu))
}

function variance(values: readonly number[]): number {
  const centre = mean(values)
  return sum(values.map((x) => (x - centre) ** 2)) / (values.length - 1)
}

/** How often a distance occurs on the sphere; beyond 1.4 nothing is drawn, below .5 no more often. */
function frequency(distance: number, dim: number): number {
  if (distance >= 1.4) return Infinity
  const d = Math.max(distance, 0.5)
  return d ** (dim - 2) * (1 - d ** 2 / 4) ** ((dim - 3) / 2)
}

function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x))
}
