import { fastApLoss } from '../../../src-main/losses/fastap.ts'
import { histogramLoss } from '../../../src-main/losses/histogram.ts'
import { describeLoss, reduceLoop, relu, sum } from './lossChecks.ts'

describeLoss({
  title: 'FastAP',
  loss: fastApLoss,
  params: { bins: 10, reducer: { kind: 'mean' } },
  others: [
    { bins: 2, reducer: { kind: 'mean' } },
    { bins: 20, reducer: { kind: 'sum' } },
  ],
  loops: ({ anchors, positives, negatives, d }, { bins, reducer }) => {
    const step = 4 / bins
    const terms = anchors.map((i) => {
      const heightsOf = (others: readonly number[]) => {
        const distances = others.map((j) => d(i, j) ** 2)
        return histogram(distances, { first: 0, step, count: bins + 1 })
      }
      const [own, others] = [heightsOf(positives(i)), heightsOf(negatives(i))]
      const upTo = (heights: readonly number[], k: number) => sum(heights.slice(0, k + 1))
      const precisions = own.map((height, k) =>
        height === 0 ? 0 : (height * upTo(own, k)) / (upTo(own, k) + upTo(others, k)),
      )
      return positives(i).length === 0 ? [] : [1 - sum(precisions) / positives(i).length]
    })
    return reduceLoop(terms, reducer)
  },
})

describeLoss({
  title: 'Histogram',
  loss: histogramLoss,
  params: { bins: 100 },
  others: [{ bins: 2 }, { bins: 17 }],
  loops: ({ anchors, positives, negatives, s }, { bins }) => {
    const sharesOf = (others: (anchor: number) => readonly number[]) => {
      const values = anchors.flatMap((i) => others(i).map((j) => s(i, j)))
      const heights = histogram(values, { first: -1, step: 2 / bins, count: bins + 1 })
      return heights.map((height) => height / Math.max(values.length, 1))
    }
    const [own, others] = [sharesOf(positives), sharesOf(negatives)]
    return sum(others.map((share, k) => share * sum(own.slice(0, k + 1))))
  },
})

function histogram(
  values: readonly number[],
  { first, step, count }: { first: number; step: number; count: number },
): number[] {
  return Array.from({ length: count }, (_, k) =>
    sum(values.map((x) => relu(1 - Math.abs(x - first - k * step) / step))),
  )
}
