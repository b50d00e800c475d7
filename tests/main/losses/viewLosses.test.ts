import { expect, it } from 'vitest'
import { alignUniformLoss } from '../../../src-main/losses/alignUniform.ts'
import { crossViewLoss, crossViewPairs } from '../../../src-main/losses/crossView.ts'
import { debiasedLoss } from '../../../src-main/losses/debiased.ts'
import { decoupledLoss } from '../../../src-main/losses/decoupled.ts'
import type { DecoupledParams } from '../../../src-main/losses/decoupled.ts'
import { hardNegativeLoss } from '../../../src-main/losses/hardNegative.ts'
import type { HardNegativeParams } from '../../../src-main/losses/hardNegative.ts'
import { barlowTwinsLoss } from '../../../src-main/losses/barlowTwins.ts'
import { falseNegativesLoss } from '../../../src-main/losses/falseNegatives.ts'
import type { FalseNegativeParams } from '../../../src-main/losses/falseNegatives.ts'
import { vicRegLoss } from '../../../src-main/losses/vicReg.ts'
import { twoViews } from './madeBatches.ts'
import type { Matrix } from './madeBatches.ts'
import { describeLoss, dot, logOnePlus, logSumExp, mean, relu, sum } from './lossChecks.ts'
import type { Pairs } from './lossChecks.ts'

describeLoss({
  title: 'InfoNCE across views',
  loss: crossViewLoss,
  isOfViews: true,
  params: { temperature: 0.1, direction: 'both' },
  others: [
    { temperature: 0.1, direction: 'one' },
    { temperature: 0.01, direction: 'both' },
  ],
  loops: ({ anchors, positives, negatives, s, relation }, { temperature, direction }) => {
    const isMet = (i: number, j: number) => j >= relation.rows || i < 4 !== j < 4
    const asking = anchors.filter((i) => direction === 'both' || i < 4)
    const terms = asking.flatMap((i) =>
      positives(i)
        .filter((p) => isMet(i, p))
        .map((p) => {
          const others = negatives(i).filter((n) => isMet(i, n))
          return logOnePlus(others.map((n) => (s(i, n) - s(i, p)) / temperature))
        }),
    )
    return mean(terms)
  },
})

it('InfoNCE across views is one weight in all, and no row meets its own view', () => {
  const { weights, denominator } = crossViewPairs(twoViews(2), {
    temperature: 0.1,
    direction: 'both',
  })
  expect([...weights]).toEqual([0, 0, 0.25, 0, 0, 0, 0, 0.25, 0.25, 0, 0, 0, 0, 0.25, 0, 0])
  expect([...denominator]).toEqual([0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0])
})

describeLoss({
  title: 'Hard negatives',
  loss: hardNegativeLoss,
  isOfViews: true,
  params: { temperature: 0.5, falseShare: 0.1, hardness: 1 },
  others: [
    { temperature: 0.5, falseShare: 0, hardness: 0.5 },
    { temperature: 0.1, falseShare: 0.5, hardness: 5 },
    { temperature: 0.01, falseShare: 0.1, hardness: 1 },
  ],
  loops: hardNegatives,
})

describeLoss({
  title: 'Debiased',
  loss: debiasedLoss,
  isOfViews: true,
  params: { temperature: 0.5, falseShare: 0.1 },
  others: [
    { temperature: 0.5, falseShare: 0 },
    { temperature: 0.1, falseShare: 0.3 },
    { temperature: 0.01, falseShare: 0.1 },
  ],
  loops: (pairs, params) => hardNegatives(pairs, { ...params, hardness: 0 }),
})

const decoupled: DecoupledParams = { temperature: 0.1, weighting: 'even', sigma: 0.5 }

describeLoss({
  title: 'Decoupled',
  loss: decoupledLoss,
  isOfViews: true,
  params: decoupled,
  others: [
    { ...decoupled, weighting: 'far-positives' },
    { temperature: 0.01, weighting: 'far-positives', sigma: 0.01 },
  ],
  loops: ({ anchors, positives, negatives, s }, { temperature, weighting, sigma }) => {
    const counted = anchors
      .filter((i) => negatives(i).length > 0)
      .flatMap((i) => positives(i).map((p) => ({ i, p })))
    const powers = counted.map(({ i, p }) => Math.exp(s(i, p) / sigma))
    const terms = counted.map(({ i, p }, k) => {
      const weight = weighting === 'even' ? 1 : 2 - powers[k]! / mean(powers)
      const push = logSumExp(negatives(i).map((n) => s(i, n) / temperature))
      return push - (weight * s(i, p)) / temperature
    })
    return mean(terms)
  },
})

describeLoss({
  title: 'Alignment and uniformity',
  loss: alignUniformLoss,
  isOfViews: true,
  params: { alignPower: 2, uniformScale: 2, alignWeight: 1, uniformWeight: 1 },
  others: [
    { alignPower: 1, uniformScale: 10, alignWeight: 0.5, uniformWeight: 2 },
    { alignPower: 3, uniformScale: 100, alignWeight: 1, uniformWeight: 0 },
  ],
  loops: ({ anchors, positives, negatives, d, relation }, params) => {
    const { alignPower, uniformScale, alignWeight, uniformWeight } = params
    const apart = anchors.flatMap((i) => positives(i).map((p) => d(i, p) ** alignPower))
    const views = [true, false].map((isFirst) =>
      anchors
        .filter((i) => i < 4 === isFirst)
        .flatMap((i) =>
          negatives(i)
            .filter((n) => n < relation.rows && n < 4 === isFirst)
            .map((n) => -uniformScale * d(i, n) ** 2),
        ),
    )
    const uniformity = views.map((logits) => logSumExp(logits) - Math.log(logits.length))
    return alignWeight * mean(apart) + uniformWeight * mean(uniformity)
  },
})

/** Raw rows of the first views and of their second ones. */
function viewsIn({ anchors, positives, raw, relation }: Pairs): Matrix[] {
  const pairs = anchors
    .filter((i) => i < 4)
    .flatMap((i) =>
      positives(i)
        .filter((j) => j >= 4 && j < relation.rows)
        .map((j) => [i, j] as const),
    )
  return [pairs.map(([i]) => raw[i]!), pairs.map(([, j]) => raw[j]!)]
}

function columnOf(view: Matrix, d: number): number[] {
  const values = view.map((row) => row[d]!)
  return values.map((x) => x - mean(values))
}

const dims = (view: Matrix) => [...view[0]!.keys()]

describeLoss({
  title: 'VICReg',
  loss: vicRegLoss,
  isOfViews: true,
  params: { invariance: 25, variance: 25, covariance: 1, epsilon: 1e-4 },
  others: [{ invariance: 1, variance: 10, covariance: 5, epsilon: 1e-4 }],
  loops: (pairs, { invariance, variance, covariance, epsilon }) => {
    const views = viewsIn(pairs)
    const [first, second] = views as [Matrix, Matrix]
    const apart = first.flatMap((row, i) => row.map((x, d) => (x - second[i]![d]!) ** 2))
    const parts = views.map((view) => {
      const columns = dims(view).map((d) => columnOf(view, d))
      const divisor = view.length - 1
      const lacks = columns.map((c) => relu(1 - Math.sqrt(dot(c, c) / divisor + epsilon)))
      const overlaps = columns.flatMap((a, i) =>
        columns.flatMap((b, j) => (i === j ? [] : [(dot(a, b) / divisor) ** 2])),
      )
      return (variance / 2) * mean(lacks) + (covariance * sum(overlaps)) / columns.length
    })
    return invariance * mean(apart) + sum(parts)
  },
  largestSlope: 1e15,
})

describeLoss({
  title: 'Barlow Twins',
  loss: barlowTwinsLoss,
  isOfViews: true,
  params: { redundancy: 0.005, epsilon: 1e-5 },
  others: [{ redundancy: 0.5, epsilon: 1e-5 }],
  loops: (pairs, { redundancy, epsilon }) => {
    const [first, second] = viewsIn(pairs).map((view) =>
      dims(view).map((d) => {
        const column = columnOf(view, d)
        const length = Math.sqrt(dot(column, column) / column.length + epsilon)
        return column.map((x) => x / length)
      }),
    )
    return sum(
      first!.flatMap((a, i) =>
        second!.map((b, j) => {
          const c = dot(a, b) / a.length
          return i === j ? (1 - c) ** 2 : redundancy * c ** 2
        }),
      ),
    )
  },
  largestSlope: 1e12,
})

const falseNegatives: FalseNegativeParams = {
  temperature: 0.1,
  cancellation: 'eliminate',
  most: 2,
  threshold: 0.2,
}

describeLoss<FalseNegativeParams>({
  title: 'False-negative cancellation',
  loss: falseNegativesLoss,
  isOfViews: true,
  params: falseNegatives,
  others: [
    { ...falseNegatives, cancellation: 'attract' },
    { ...falseNegatives, most: 1, threshold: -1 },
    { ...falseNegatives, cancellation: 'attract', most: 1, threshold: -1, temperature: 0.01 },
  ],
  loops: ({ anchors, positives, negatives, s, fixed, relation }, params) => {
    const { temperature, cancellation, most, threshold } = params
    const terms = anchors.map((i) => {
      const other = positives(i).find((p) => p < relation.rows) ?? i
      const scoreOf = (n: number) => Math.max(fixed.s(i, n), fixed.s(other, n))
      const suspects = [...negatives(i)]
        .sort((a, b) => scoreOf(b) - scoreOf(a))
        .slice(0, most)
        .filter((n) => scoreOf(n) > threshold)
      const logit = (j: number) => s(i, j) / temperature
      if (cancellation === 'eliminate') {
        const left = negatives(i).filter((n) => !suspects.includes(n))
        return positives(i).map((p) => logOnePlus(left.map((n) => logit(n) - logit(p))))
      }
      if (positives(i).length === 0) return []
      const all = logSumExp([...positives(i), ...negatives(i)].map(logit))
      return [all - mean([...positives(i), ...suspects].map(logit))]
    })
    return mean(terms.flat())
  },
})

/** In plain exponentials, which float64 bears at τ = .01. */
function hardNegatives(
  { anchors, positives, negatives, s }: Pairs,
  { temperature, falseShare, hardness }: HardNegativeParams,
): number {
  const terms = anchors.flatMap((i) =>
    positives(i).map((p) => {
      const own = Math.exp(s(i, p) / temperature)
      const powers = negatives(i).map((n) => Math.exp(s(i, n) / temperature))
      const weights = powers.map((power) => power ** hardness)
      const push = sum(powers.map((power, k) => (power * weights[k]!) / mean(weights)))
      const count = powers.length
      const corrected = (push - falseShare * count * own) / (1 - falseShare)
      return Math.log1p(Math.max(corrected, count * Math.exp(-1 / temperature)) / own)
    }),
  )
  return mean(terms)
}
