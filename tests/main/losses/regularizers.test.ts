import { dynamicSoftMarginLoss } from '../../../src-main/losses/dynamicSoftMargin.ts'
import { normRegularizer } from '../../../src-main/losses/normRegularizers.ts'
import type { NormRegularizerParams } from '../../../src-main/losses/normRegularizers.ts'
import {
  koLeoRegularizer,
  spreadOutRegularizer,
} from '../../../src-main/losses/spreadRegularizers.ts'
import { describeLoss, mean, relu, sum } from './lossChecks.ts'

describeLoss<NormRegularizerParams>({
  title: 'Lengths of rows',
  loss: normRegularizer,
  isOfRows: true,
  params: { rule: 'length', p: 2 },
  others: [
    { rule: 'length', p: 1 },
    { rule: 'length', p: 3 },
    { rule: 'zero-mean', p: 2 },
    { rule: 'even', p: 2 },
  ],
  loops: ({ raw, anchors }, { rule, p }) => {
    const rows = anchors.map((i) => raw[i]!)
    if (rule === 'length')
      return mean(rows.map((row) => sum(row.map((x) => Math.abs(x) ** p)) ** (1 / p)))
    if (rule === 'zero-mean') return mean(rows.map((row) => Math.abs(sum(row))))
    const squares = rows.map((row) => sum(row.map((x) => x ** 2)))
    return mean(squares.map((square) => (square - mean(squares)) ** 2)) / 4
  },
  largestSlope: 1e13,
})

describeLoss({
  title: 'KoLeo',
  loss: koLeoRegularizer,
  params: undefined,
  loops: ({ anchors, negatives, d }) =>
    mean(
      anchors
        .filter((i) => negatives(i).length > 0)
        .map((i) => -Math.log(Math.min(...negatives(i).map((n) => d(i, n))))),
    ),
})

describeLoss({
  title: 'Spread out',
  loss: spreadOutRegularizer,
  params: undefined,
  loops: ({ anchors, negatives, s, z }) => {
    const found = anchors.flatMap((i) => negatives(i).map((n) => s(i, n)))
    return mean(found) ** 2 + relu(mean(found.map((x) => x ** 2)) - 1 / z[0]!.length)
  },
})

describeLoss({
  title: 'Dynamic soft margin',
  loss: dynamicSoftMarginLoss,
  params: undefined,
  loops: ({ anchors, positives, negatives, d, fixed }) => {
    const counted = anchors.filter((i) => positives(i).length > 0 && negatives(i).length > 0)
    const gapOf = (i: number) => {
      const far = [...positives(i)].sort((a, b) => fixed.d(i, b) - fixed.d(i, a))[0]!
      const near = [...negatives(i)].sort((a, b) => fixed.d(i, a) - fixed.d(i, b))[0]!
      return { now: d(i, far) - d(i, near), fixed: fixed.d(i, far) - fixed.d(i, near) }
    }
    const gaps = counted.map(gapOf)
    return mean(
      gaps.map(
        (gap) => (gap.now * gaps.filter((other) => other.fixed <= gap.fixed).length) / gaps.length,
      ),
    )
  },
})
