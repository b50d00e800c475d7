import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import { auditResult, drawAudit, wilson } from '../../../../src-main/analysis/suspects/audit.ts'
import { descendingOrder } from '../../../../src-main/analysis/suspects/descendingOrder.ts'
import type { PairScores } from '../../../../src-main/analysis/suspects/pairScores.ts'
import { pairQuality } from '../../../../src-main/analysis/suspects/quality.ts'
import { thresholdOfShare } from '../../../../src-main/analysis/suspects/shareThreshold.ts'
import { topPairs } from '../../../../src-main/analysis/suspects/topPairs.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import { everyOne } from './made.ts'

let products: RowProducts
beforeAll(async () => {
  products = await openRowProducts()
})
afterAll(() => products.dispose())

/** Symmetric scores; with `steps` only so many different ones, so that there are ties. */
function madeScores(count: number, steps = Infinity): PairScores & { kind: 'matrix' } {
  const stream = random(count, 'scores')
  const values = new Float32Array(count * count)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const x = stream.normal()
      const value = Number.isFinite(steps) ? Math.round(x * steps) / steps : x
      values[i * count + j] = value
      values[j * count + i] = value
    }
  return { kind: 'matrix', count, values }
}

interface Pair {
  readonly i: number
  readonly j: number
  readonly score: number
}

function allPairs({ count, values }: PairScores & { kind: 'matrix' }): Pair[] {
  const pairs: Pair[] = []
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) pairs.push({ i, j, score: values[i * count + j]! })
  return pairs.sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j)
}

describe('topPairs', () => {
  it.each([1, 10, 100, 2000])(
    'gives the best %i as sorting gives them, ties by image',
    async (most) => {
      const scores = madeScores(40, 3)
      const isPair = (i: number, j: number) => (i + j) % 3 !== 0
      const expected = allPairs(scores)
        .filter(({ i, j }) => isPair(i, j))
        .slice(0, most)
      const { first, second, scores: found } = await topPairs(scores, products, { most, isPair })
      expect([...first]).toEqual(expected.map(({ i }) => i))
      expect([...second]).toEqual(expected.map(({ j }) => j))
      expect([...found]).toEqual(expected.map(({ score }) => score))
    },
  )

  it('gives none where none is asked for', async () => {
    expect((await topPairs(madeScores(5), products, { most: 0 })).first).toHaveLength(0)
  })
})

describe('descendingOrder', () => {
  it('sorts numbers of both signs and all sizes, equals by index', () => {
    const stream = random(5, 'order')
    const values = Float32Array.from({ length: 5000 }, (_, i) =>
      i % 3 === 0 ? Math.round(stream.normal() * 4) : stream.normal() * 10 ** (i % 17),
    )
    values.set([Infinity, -Infinity, 0, -0, 1e-42], 100)
    const expected = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b)
    expect([...descendingOrder(values)]).toEqual(expected)
  })
})

describe('thresholdOfShare', () => {
  const scores = madeScores(60)
  const sorted = allPairs(scores)

  it.each([0.01, 0.1, 0.5, 1])('has the share %d above it', (share) => {
    const { score, share: real } = thresholdOfShare(scores, share)
    const above = sorted.filter((pair) => pair.score > score).length
    expect(above).toBe(Math.floor(share * sorted.length))
    expect(real).toBeCloseTo(above / sorted.length, 10)
  })

  it('has nothing above it for no share, and leaves equals below', () => {
    expect(thresholdOfShare(scores, 0)).toEqual({ score: Infinity, share: 0 })
    const equal: PairScores = { kind: 'matrix', count: 4, values: new Float32Array(16).fill(1) }
    expect(thresholdOfShare(equal, 0.5)).toEqual({ score: 1, share: 0 })
  })

  it('is read off a sample of a large set, and nearly right', () => {
    const count = 2000
    const scoreOf = (i: number, j: number) => ((i * 31 + j * 31) % 1009) / 1009
    const large: PairScores = { kind: 'rows', count, scoreOf, fill: () => undefined }
    const { score } = thresholdOfShare(large, 0.06)
    let above = 0
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++) if (scoreOf(i, j) > score) above++
    expect(above / ((count * (count - 1)) / 2)).toBeCloseTo(0.06, 2)
  })
})

describe('pairQuality', () => {
  const count = 36
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const measure = (scores: PairScores, more: { share?: number; resamples?: number } = {}) =>
    pairQuality(scores, {
      images: everyOne(count),
      labels,
      labelCount: 3,
      share: more.share ?? 0.1,
      resamples: more.resamples ?? 0,
      products,
    })

  it('agrees with going through the ranking, a block of equals at a time', async () => {
    const scores = madeScores(count, 2)
    const pairs = allPairs(scores)
    const isSame = ({ i, j }: Pair) => labels[i] === labels[j]
    const same = pairs.filter(isSame).length
    let expected = 0
    const curve: { recall: number; precision: number }[] = []
    for (const score of [...new Set(pairs.map((pair) => pair.score))]) {
      const above = pairs.filter((pair) => pair.score >= score)
      const hits = above.filter(isSame).length
      const here = pairs.filter((pair) => pair.score === score && isSame(pair)).length
      expected += (here / same) * (hits / above.length)
      curve.push({ recall: hits / same, precision: hits / above.length })
    }
    const quality = await measure(scores)
    expect(quality.averagePrecision.value).toBeCloseTo(expected, 10)
    expect(quality.baseRate).toBeCloseTo(same / pairs.length, 10)
    expect(quality.pairs).toBe(pairs.length)
    const at = (recall: number) => curve.find((point) => point.recall >= recall)!.precision
    const { ten, quarter, half } = quality.precisionAtRecall
    expect([ten, quarter, half]).toEqual([0.1, 0.25, 0.5].map(at))
  })

  it('counts what a share would cancel, label by label', async () => {
    // Pairs of label 0 first, then pairs of label 1, then all others.
    const values = new Float32Array(count * count)
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        if (labels[i] === labels[j]) values[i * count + j] = 3 - labels[i]! + 1e-4 * (i + j)
    const perLabel = (12 * 11) / 2
    const share = (1.5 * perLabel) / ((count * (count - 1)) / 2)
    const quality = await measure({ kind: 'matrix', count, values }, { share })
    expect(quality.averagePrecision.value).toBeCloseTo(1, 6)
    expect(quality.atShare.precision).toBe(1)
    expect(quality.atShare.recall).toBeCloseTo(0.5, 1)
    expect(quality.recallOfLabels[0]).toBe(1)
    expect(quality.recallOfLabels[1]).toBeCloseTo(0.5, 1)
    expect(quality.recallOfLabels[2]).toBe(0)
  })

  it('gives an interval that holds the value and is the same every time', async () => {
    const scores = madeScores(count)
    const [once, again] = [
      await measure(scores, { resamples: 60 }),
      await measure(scores, { resamples: 60 }),
    ]
    const { value, low, high } = once.averagePrecision
    expect(low).toBeLessThan(value)
    expect(high).toBeGreaterThan(value)
    expect(high - low).toBeLessThan(0.5)
    expect(again.averagePrecision).toEqual(once.averagePrecision)
  })

  it('looks only at the images that it is told to', async () => {
    const images = Int32Array.of(3, 6, 10, 11, 30)
    const quality = await pairQuality(madeScores(count), {
      images,
      labels,
      labelCount: 3,
      share: 0.5,
      resamples: 0,
      products,
    })
    expect(quality.pairs).toBe(10)
    expect(quality.baseRate).toBeCloseTo(3 / 10, 10)
  })
})

describe('wilson', () => {
  it.each([
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [49, 50, 0.895, 0.9965],
  ])('gives %i of %i its interval', (yes, asked, low, high) => {
    const estimate = wilson(yes, asked)
    expect(estimate.value).toBe(yes / asked)
    expect(estimate.low).toBeCloseTo(low, 3)
    expect(estimate.high).toBeCloseTo(high, 3)
  })

  it('knows nothing without answers', () => {
    expect(wilson(0, 0)).toEqual({ value: NaN, low: 0, high: 1 })
  })
})

describe('drawAudit', () => {
  const scores = madeScores(80)
  const sorted = allPairs(scores)
  const draw = (seed: number) => drawAudit(scores, { questions: 60, share: 0.08, seed, products })
  const rankOf = (i: number, j: number) => sorted.findIndex((pair) => pair.i === i && pair.j === j)

  it('asks about each range in its place, and counts every pair once', async () => {
    const strata = await draw(1)
    expect(strata.map(({ first }) => first.length)).toEqual([18, 18, 12, 12])
    expect(strata.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(sorted.length)
    for (const { from, to, first, second } of strata)
      for (const [at, i] of first.entries()) {
        const share = rankOf(i, second[at]!) / sorted.length
        expect(share).toBeGreaterThanOrEqual(from - 1e-3)
        expect(share).toBeLessThan(to + 1e-3)
      }
  })

  it('asks the same again for the same seed, and other things for another', async () => {
    expect(await draw(1)).toEqual(await draw(1))
    expect((await draw(2))[0]!.first).not.toEqual((await draw(1))[0]!.first)
  })

  it('weighs the answers by how many pairs each range has', async () => {
    const strata = await draw(1)
    const answers = [
      { asked: 18, yes: 18 },
      { asked: 18, yes: 9 },
      { asked: 12, yes: 2 },
      { asked: 12, yes: 0 },
    ]
    const {
      precision,
      baseRate,
      strata: judged,
    } = auditResult({
      share: 0.08,
      strata: strata.map(({ from, to, pairs }, s) => ({ from, to, pairs, ...answers[s]! })),
    })
    expect(precision.value).toBeCloseTo(1 / 4 + (3 / 4) * 0.5, 1)
    expect(baseRate.value).toBeCloseTo(0.08 * precision.value + 0.08 * (2 / 12), 2)
    expect(precision.low).toBeLessThan(precision.value)
    expect(precision.high).toBeGreaterThan(precision.value)
    expect(judged[3]!.precision.high).toBeGreaterThan(0.2)
  })
})
