import { angularLoss } from '../../../src-main/losses/angular.ts'
import type { AngularParams } from '../../../src-main/losses/angular.ts'
import type { Distance } from '../../../src-main/losses/distance.ts'
import { centroidTripletLoss } from '../../../src-main/losses/centroidTriplet.ts'
import { circleLoss } from '../../../src-main/losses/circle.ts'
import type { ContrastiveParams } from '../../../src-main/losses/contrastive.ts'
import { generalizedLiftedLoss } from '../../../src-main/losses/generalizedLifted.ts'
import { liftedLoss } from '../../../src-main/losses/lifted.ts'
import { multiSimilarityLoss } from '../../../src-main/losses/multiSimilarity.ts'
import type { MultiSimilarityParams } from '../../../src-main/losses/multiSimilarity.ts'
import { ncaLoss } from '../../../src-main/losses/nca.ts'
import { nPairsLoss } from '../../../src-main/losses/npairs.ts'
import type { NPairsParams } from '../../../src-main/losses/npairs.ts'
import { tupletMarginLoss } from '../../../src-main/losses/tupletMargin.ts'
import { negative, positive } from '../../../src-main/losses/relation.ts'
import {
  describeLoss,
  distanceLoop,
  dot,
  logOnePlus,
  logSumExp,
  mean,
  reduceLoop,
  relu,
  sum,
} from './lossChecks.ts'

import type { Reducer } from '../../../src-main/losses/reducer.ts'

const usual: Reducer = { kind: 'mean' }
const lifted: ContrastiveParams = {
  positiveMargin: 0,
  negativeMargin: 1,
  distance: { kind: 'lp', p: 2, power: 1, isUnit: true },
  reducer: usual,
}
const liftedOthers: readonly ContrastiveParams[] = [
  { ...lifted, positiveMargin: 0.1, negativeMargin: 1.5 },
  { ...lifted, distance: { kind: 'cosine' } },
  { ...lifted, reducer: { kind: 'non-zero' } },
  { ...lifted, reducer: { kind: 'sum' } },
]

describeLoss({
  title: 'Lifted structure',
  loss: liftedLoss,
  params: lifted,
  others: liftedOthers,
  loops: (pairs, { positiveMargin, negativeMargin, distance, reducer }) => {
    const { anchors, positives, negatives, relation } = pairs
    const d = distanceLoop(pairs, distance)
    const pushes = (i: number) => negatives(i).map((n) => negativeMargin - d(i, n))
    const terms = anchors.map((i) =>
      positives(i).map((j) => {
        const push = [...pushes(i), ...(j < relation.rows ? pushes(j) : [])]
        return relu(logSumExp(push) + d(i, j) - positiveMargin) ** 2 / 2
      }),
    )
    return reduceLoop(terms, reducer)
  },
})

describeLoss({
  title: 'Generalised lifted structure',
  loss: generalizedLiftedLoss,
  params: lifted,
  others: liftedOthers,
  loops: (pairs, { positiveMargin, negativeMargin, distance, reducer }) => {
    const { anchors, positives, negatives } = pairs
    const d = distanceLoop(pairs, distance)
    const sumOf = (values: readonly number[]) => (values.length === 0 ? 0 : logSumExp(values))
    return reduceLoop(
      anchors.map((i) => {
        const pull = sumOf(positives(i).map((p) => d(i, p) - positiveMargin))
        const push = sumOf(negatives(i).map((n) => negativeMargin - d(i, n)))
        return [relu(pull + push)]
      }),
      reducer,
    )
  },
})

describeLoss({
  title: 'Circle',
  loss: circleLoss,
  params: { margin: 0.4, scale: 80, reducer: { kind: 'non-zero' } },
  others: [
    { margin: 0.25, scale: 256, reducer: { kind: 'non-zero' } },
    { margin: 0.25, scale: 1, reducer: { kind: 'mean' } },
  ],
  loops: ({ anchors, positives, negatives, s, fixed }, { margin, scale, reducer }) => {
    const terms = anchors.map((i) => {
      if (positives(i).length === 0 || negatives(i).length === 0) return []
      const pull = positives(i).map(
        (p) => -scale * relu(1 + margin - fixed.s(i, p)) * (s(i, p) - (1 - margin)),
      )
      const push = negatives(i).map(
        (n) => scale * relu(fixed.s(i, n) + margin) * (s(i, n) - margin),
      )
      return [logOnePlus([logSumExp(pull) + logSumExp(push)])]
    })
    return reduceLoop(terms, reducer)
  },
})

const multiSimilarity: MultiSimilarityParams = {
  positiveScale: 2,
  negativeScale: 50,
  base: 0.5,
  mining: 'all',
  epsilon: 0.1,
  distance: { kind: 'cosine' },
  reducer: usual,
}

describeLoss({
  title: 'Multi-similarity',
  loss: multiSimilarityLoss,
  params: multiSimilarity,
  others: [
    { ...multiSimilarity, negativeScale: 40, base: 1, mining: 'relative' },
    {
      ...multiSimilarity,
      positiveScale: 100,
      negativeScale: 100,
      base: -1,
      mining: 'relative',
      epsilon: 0.4,
    },
  ],
  loops: ({ anchors, positives, negatives, s }, params) => {
    const { positiveScale, negativeScale, base, mining, epsilon } = params
    return mean(
      anchors.map((i) => {
        const far = positives(i).map((p) => s(i, p))
        const near = negatives(i).map((n) => s(i, n))
        const isAll = mining === 'all'
        const pull = far.filter((x) => isAll || x - epsilon < Math.max(...near))
        const push = near.filter((x) => isAll || x + epsilon > Math.min(...far))
        return (
          logOnePlus(pull.map((x) => -positiveScale * (x - base))) / positiveScale +
          logOnePlus(push.map((x) => negativeScale * (x - base))) / negativeScale
        )
      }),
    )
  },
})

const nPairs: NPairsParams = { temperature: 1, distance: { kind: 'cosine' }, reducer: usual }

describeLoss({
  title: 'N-pairs',
  loss: nPairsLoss,
  params: nPairs,
  others: [
    { ...nPairs, temperature: 0.1 },
    { ...nPairs, temperature: 0.01 },
    { ...nPairs, distance: { kind: 'dot', isUnit: false } },
  ],
  loops: (pairs, { temperature, distance }) => {
    const { anchors, positives, relation } = pairs
    const d = distanceLoop(pairs, distance)
    const groups = anchors.flatMap((anchor) => {
      const [other] = positives(anchor)
      return other !== undefined && other > anchor ? [{ anchor, other }] : []
    })
    const terms = groups.map(({ anchor, other }) => {
      const excess = groups
        .filter((group) => relation.cells[anchor * relation.columns + group.other] === negative)
        .map((group) => (d(anchor, other) - d(anchor, group.other)) / temperature)
      return logOnePlus(excess)
    })
    return mean(terms)
  },
  isOfOrder: true,
  largestSlope: 1e12,
})

const squared: Distance = { kind: 'lp', p: 2, power: 2, isUnit: true }

describeLoss({
  title: 'NCA',
  loss: ncaLoss,
  params: { scale: 1, distance: squared, reducer: usual },
  others: [
    { scale: 8, distance: squared, reducer: usual },
    { scale: 100, distance: squared, reducer: usual },
    { scale: 5, distance: { kind: 'cosine' }, reducer: { kind: 'sum' } },
  ],
  loops: (pairs, { scale, distance, reducer }) => {
    const { anchors, positives, negatives } = pairs
    const d = distanceLoop(pairs, distance)
    const terms = anchors.map((i) => {
      const near = positives(i).map((p) => -scale * d(i, p))
      const far = negatives(i).map((n) => -scale * d(i, n))
      return near.length === 0 ? [] : [logSumExp([...near, ...far]) - logSumExp(near)]
    })
    return reduceLoop(terms, reducer)
  },
})

const angular: AngularParams = { angle: 40, hasRawNegatives: false, reducer: usual }

describeLoss({
  title: 'Angular',
  loss: angularLoss,
  params: angular,
  others: [
    { ...angular, angle: 30 },
    { ...angular, angle: 60, reducer: { kind: 'sum' } },
    { ...angular, hasRawNegatives: true },
  ],
  loops: ({ anchors, positives, negatives, s, z, raw }, { angle, hasRawNegatives, reducer }) => {
    const tan2 = Math.tan((angle * Math.PI) / 180) ** 2
    const others = hasRawNegatives ? raw : z
    const terms = anchors.map((a) =>
      positives(a).map((p) =>
        logOnePlus(
          negatives(a).map((n) => {
            const both = z[a]!.map((x, k) => x + z[p]![k]!)
            return 4 * tan2 * dot(both, others[n]!) - 2 * (1 + tan2) * s(a, p)
          }),
        ),
      ),
    )
    return reduceLoop(terms, reducer)
  },
})

describeLoss({
  title: 'Tuplet margin',
  loss: tupletMarginLoss,
  params: { angle: 5.73, scale: 64, reducer: usual },
  others: [
    { angle: 5.73, scale: 16, reducer: usual },
    { angle: 30, scale: 1, reducer: { kind: 'per-anchor' } },
  ],
  loops: ({ anchors, positives, negatives, s }, { angle, scale, reducer }) => {
    const turned = (x: number) => Math.cos(Math.acos(x) - (angle * Math.PI) / 180)
    const terms = anchors.map((a) =>
      positives(a).map((p) =>
        logOnePlus(negatives(a).map((n) => scale * (s(a, n) - turned(s(a, p))))),
      ),
    )
    return reduceLoop(terms, reducer)
  },
})

describeLoss({
  title: 'Centroid triplet',
  loss: centroidTripletLoss,
  params: { margin: 0.3, reducer: { kind: 'non-zero' } },
  others: [
    { margin: 0.05, reducer: { kind: 'non-zero' } },
    { margin: 0.3, reducer: { kind: 'mean' } },
  ],
  loops: ({ anchors, positives, negatives, z, raw, relation }, { margin, reducer }) => {
    const unitMean = (members: readonly number[]) => {
      const centre = z[0]!.map((_, k) => sum(members.map((j) => raw[j]![k]!)))
      return centre.map((x) => x / Math.hypot(...centre))
    }
    const distance = (i: number, members: readonly number[]) =>
      Math.hypot(...unitMean(members).map((x, k) => x - z[i]![k]!))
    const isPositive = (i: number, j: number) =>
      i < relation.rows && relation.cells[i * relation.columns + j] === positive
    const terms = anchors.map((i) => {
      if (positives(i).length === 0) return []
      const groups: number[][] = []
      for (const n of negatives(i)) {
        const known = groups.find(([first]) => isPositive(first!, n))
        if (known) known.push(n)
        else groups.push([n])
      }
      return groups.map((members) =>
        relu(distance(i, positives(i)) - distance(i, members) + margin),
      )
    })
    return reduceLoop(terms, reducer)
  },
})
