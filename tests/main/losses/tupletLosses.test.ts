import { angularLoss } from '../../../src-main/losses/angular.ts'
import { centroidTripletLoss } from '../../../src-main/losses/centroidTriplet.ts'
import { circleLoss } from '../../../src-main/losses/circle.ts'
import type { PairMargins } from '../../../src-main/losses/contrastive.ts'
import { generalizedLiftedLoss } from '../../../src-main/losses/generalizedLifted.ts'
import { liftedLoss } from '../../../src-main/losses/lifted.ts'
import { multiSimilarityLoss } from '../../../src-main/losses/multiSimilarity.ts'
import type { MultiSimilarityParams } from '../../../src-main/losses/multiSimilarity.ts'
import { ncaLoss } from '../../../src-main/losses/nca.ts'
import { nPairsLoss } from '../../../src-main/losses/npairs.ts'
import { tupletMarginLoss } from '../../../src-main/losses/tupletMargin.ts'
import { negative, positive } from '../../../src-main/losses/relation.ts'
import {
  describeLoss,
  logOnePlus,
  logSumExp,
  mean,
  meanOfNonZero,
  relu,
  sum,
} from './lossChecks.ts'

type Found = Readonly<Record<string, unknown>>

const marginsOf = ({ pos_margin, neg_margin }: Found): PairMargins => ({
  positiveMargin: pos_margin as number,
  negativeMargin: neg_margin as number,
})
const lifted: PairMargins = { positiveMargin: 0, negativeMargin: 1 }
const liftedOthers: readonly PairMargins[] = [{ positiveMargin: 0.1, negativeMargin: 1.5 }]

describeLoss({
  title: 'Lifted structure',
  loss: liftedLoss,
  params: lifted,
  others: liftedOthers,
  loops: ({ anchors, positives, negatives, d, relation }, { positiveMargin, negativeMargin }) => {
    const pushes = (i: number) => negatives(i).map((n) => negativeMargin - d(i, n))
    const terms = anchors.flatMap((i) =>
      positives(i).map((j) => {
        const push = [...pushes(i), ...(j < relation.rows ? pushes(j) : [])]
        return relu(logSumExp(push) + d(i, j) - positiveMargin) ** 2 / 2
      }),
    )
    return mean(terms)
  },
  golden: { file: 'lifted_structure', paramsOf: marginsOf },
})

describeLoss({
  title: 'Generalised lifted structure',
  loss: generalizedLiftedLoss,
  params: lifted,
  others: liftedOthers,
  loops: ({ anchors, positives, negatives, d }, { positiveMargin, negativeMargin }) => {
    const sumOf = (values: readonly number[]) => (values.length === 0 ? 0 : logSumExp(values))
    return mean(
      anchors.map((i) => {
        const pull = sumOf(positives(i).map((p) => d(i, p) - positiveMargin))
        const push = sumOf(negatives(i).map((n) => negativeMargin - d(i, n)))
        return relu(pull + push)
      }),
    )
  },
  golden: { file: 'generalized_lifted_structure', paramsOf: marginsOf },
})

describeLoss({
  title: 'Circle',
  loss: circleLoss,
  params: { margin: 0.4, scale: 80 },
  others: [
    { margin: 0.25, scale: 256 },
    { margin: 0.25, scale: 1 },
  ],
  loops: ({ anchors, positives, negatives, s, fixed }, { margin, scale }) => {
    const terms = anchors.map((i) => {
      if (positives(i).length === 0 || negatives(i).length === 0) return 0
      const pull = positives(i).map(
        (p) => -scale * relu(1 + margin - fixed.s(i, p)) * (s(i, p) - (1 - margin)),
      )
      const push = negatives(i).map(
        (n) => scale * relu(fixed.s(i, n) + margin) * (s(i, n) - margin),
      )
      return logOnePlus([logSumExp(pull) + logSumExp(push)])
    })
    return meanOfNonZero(terms)
  },
  golden: {
    file: 'circle',
    paramsOf: ({ m, gamma }) => ({ margin: m as number, scale: gamma as number }),
  },
})

describeLoss({
  title: 'Multi-similarity',
  loss: multiSimilarityLoss,
  params: { positiveScale: 2, negativeScale: 50, base: 0.5, mining: 'all', epsilon: 0.1 },
  others: [
    { positiveScale: 2, negativeScale: 40, base: 1, mining: 'relative', epsilon: 0.1 },
    { positiveScale: 100, negativeScale: 100, base: -1, mining: 'relative', epsilon: 0.4 },
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
  golden: {
    file: 'multi_similarity',
    paramsOf: ({ alpha, beta, base, miner }): MultiSimilarityParams => ({
      positiveScale: alpha as number,
      negativeScale: beta as number,
      base: base as number,
      mining: miner ? 'relative' : 'all',
      epsilon: (miner as { params: { epsilon: number } } | undefined)?.params.epsilon ?? 0,
    }),
  },
})

describeLoss({
  title: 'N-pairs',
  loss: nPairsLoss,
  params: { temperature: 1 },
  others: [{ temperature: 0.1 }, { temperature: 0.01 }],
  loops: ({ anchors, positives, s, relation }, { temperature }) => {
    const groups = anchors.flatMap((anchor) => {
      const [other] = positives(anchor)
      return other !== undefined && other > anchor ? [{ anchor, other }] : []
    })
    const terms = groups.map(({ anchor, other }) => {
      const excess = groups
        .filter((group) => relation.cells[anchor * relation.columns + group.other] === negative)
        .map((group) => (s(anchor, group.other) - s(anchor, other)) / temperature)
      return logOnePlus(excess)
    })
    return mean(terms)
  },
  golden: {
    file: 'npairs',
    // Three cases are on rows that are not of unit length.
    left: 3,
    paramsOf: ({ distance }) =>
      (distance as { normalizeEmbeddings: boolean }).normalizeEmbeddings
        ? { temperature: 1 }
        : null,
  },
  isOfOrder: true,
})

describeLoss({
  title: 'NCA',
  loss: ncaLoss,
  params: { scale: 1 },
  others: [{ scale: 8 }, { scale: 100 }],
  loops: ({ anchors, positives, negatives, d }, { scale }) => {
    const terms = anchors.flatMap((i) => {
      const near = positives(i).map((p) => -scale * d(i, p) ** 2)
      const far = negatives(i).map((n) => -scale * d(i, n) ** 2)
      return near.length === 0 ? [] : [logSumExp([...near, ...far]) - logSumExp(near)]
    })
    return mean(terms)
  },
  golden: {
    file: 'nca',
    paramsOf: ({ softmax_scale }) => ({ scale: softmax_scale as number }),
  },
})

describeLoss({
  title: 'Angular',
  loss: angularLoss,
  params: { angle: 40 },
  others: [{ angle: 30 }, { angle: 60 }],
  loops: ({ anchors, positives, negatives, s }, { angle }) => {
    const tan2 = Math.tan((angle * Math.PI) / 180) ** 2
    const terms = anchors.flatMap((a) =>
      positives(a).map((p) =>
        logOnePlus(
          negatives(a).map((n) => 4 * tan2 * (s(a, n) + s(p, n)) - 2 * (1 + tan2) * s(a, p)),
        ),
      ),
    )
    return mean(terms)
  },
  golden: {
    file: 'angular',
    // The reference takes negatives as raw rows: only its cases on unit rows ask the same.
    left: 12,
    paramsOf: ({ alpha }) => ({ angle: alpha as number }),
    isOffered: ({ name }) => name.includes('_unitrows'),
    hasOtherGradient: true,
  },
})

describeLoss({
  title: 'Tuplet margin',
  loss: tupletMarginLoss,
  params: { angle: 5.73, scale: 64 },
  others: [
    { angle: 5.73, scale: 16 },
    { angle: 30, scale: 1 },
  ],
  loops: ({ anchors, positives, negatives, s }, { angle, scale }) => {
    const turned = (x: number) => Math.cos(Math.acos(x) - (angle * Math.PI) / 180)
    const terms = anchors.flatMap((a) =>
      positives(a).map((p) =>
        logOnePlus(negatives(a).map((n) => scale * (s(a, n) - turned(s(a, p))))),
      ),
    )
    return mean(terms)
  },
  golden: {
    file: 'tuplet_margin',
    paramsOf: ({ margin, scale }) => ({ angle: margin as number, scale: scale as number }),
  },
})

describeLoss({
  title: 'Centroid triplet',
  loss: centroidTripletLoss,
  params: { margin: 0.3 },
  others: [{ margin: 0.05 }],
  loops: ({ anchors, positives, negatives, z, relation }, { margin }) => {
    const unitMean = (members: readonly number[]) => {
      const centre = z[0]!.map((_, k) => sum(members.map((j) => z[j]![k]!)))
      return centre.map((x) => x / Math.hypot(...centre))
    }
    const distance = (i: number, members: readonly number[]) =>
      Math.hypot(...unitMean(members).map((x, k) => x - z[i]![k]!))
    const isPositive = (i: number, j: number) =>
      i < relation.rows && relation.cells[i * relation.columns + j] === positive
    const terms = anchors.flatMap((i) => {
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
    return meanOfNonZero(terms)
  },
  golden: {
    file: 'centroid_triplet',
    paramsOf: ({ margin }) => ({ margin: margin as number }),
    isRaw: true,
  },
})
