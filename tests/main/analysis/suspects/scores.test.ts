import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nearestNeighbours } from '../../../../src-main/analysis/nearestNeighbours.ts'
import { openRowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import { Detector } from '../../../../src-main/analysis/suspects/detector.ts'
import { joinedRows } from '../../../../src-main/analysis/suspects/joinedRows.ts'
import { forEachRow, scoreOf } from '../../../../src-main/analysis/suspects/pairScores.ts'
import type { PairScores } from '../../../../src-main/analysis/suspects/pairScores.ts'
import { pairQuality } from '../../../../src-main/analysis/suspects/quality.ts'
import { randomWalk } from '../../../../src-main/analysis/suspects/randomWalk.ts'
import { cellOf, rankGraph } from '../../../../src-main/analysis/suspects/rankGraph.ts'
import { suspectMethods } from '../../../../src-main/contract/suspects.ts'
import type { SuspectMethod } from '../../../../src-main/contract/suspects.ts'
import { arcs, clusteredRows, dot, everyOne } from './made.ts'

let products: RowProducts
beforeAll(async () => {
  products = await openRowProducts()
})
afterAll(() => products.dispose())

const made = clusteredRows({ clusters: 5, perCluster: 14, dim: 12, noise: 0.1 })
const noisy = (seed: number) =>
  clusteredRows({ clusters: 5, perCluster: 14, dim: 12, noise: 0.1, seed })
const count = made.labels.length
const input = { embedding: made, features: null, pixels: noisy(1), views: [made, noisy(1), made] }

async function qualityOf(scores: PairScores, labels: Int32Array): Promise<number> {
  const { averagePrecision } = await pairQuality(scores, {
    images: everyOne(scores.count),
    labels,
    labelCount: 20,
    share: 0.1,
    resamples: 0,
    products,
  })
  return averagePrecision.value
}

describe.each(suspectMethods.map((method) => [method] as const))('%s', (method) => {
  const ask = (groupSize: 'tiny' | 'medium' | 'large' = 'medium') =>
    new Detector(input, products).scores({ method, groupSize, share: 0.15 })

  it('scores a pair alike in a row, alone and the other way round', async () => {
    const scores = await ask()
    await forEachRow(scores, products, (i, row) => {
      expect(row).toHaveLength(count)
      for (let j = 0; j < count; j++) {
        if (i === j) continue
        expect(scoreOf(scores, i, j)).toBeCloseTo(row[j]!, 5)
        expect(scoreOf(scores, j, i)).toBeCloseTo(row[j]!, 5)
      }
    })
  })

  it('puts pairs of one cluster first', async () => {
    const quality = await qualityOf(await ask(), made.labels)
    if (method === 'random') expect(quality).toBeLessThan(0.3)
    else expect(quality).toBeGreaterThan(0.97)
  })
})

describe('the random walk', () => {
  const k = 7
  const walk = async (edgeWeight: number, mostExactly?: number) => {
    const lists = await nearestNeighbours(made.data, { dim: made.dim, k })
    const graph = rankGraph(lists.ids, k)
    return {
      graph,
      scores: await randomWalk(lists, {
        edgeWeight,
        products,
        ...(mostExactly === undefined ? {} : { mostExactly }),
      }),
    }
  }

  it('is (1 − a) Σ aⁿ Sⁿ, and adds its weight of S', async () => {
    const { graph, scores } = await walk(0.02)
    const dense = (i: number) => Float64Array.from({ length: count }, (_, j) => cellOf(graph, i, j))
    const rows = everyOne(count)
    const steps = Array.from(rows, dense)
    for (const i of [0, 33, 69]) {
      let at = Float64Array.from(rows, (j) => Number(i === j))
      const sum = new Float64Array(count)
      for (let n = 0; n < 900; n++) {
        for (let j = 0; j < count; j++) sum[j]! += 0.02 * 0.98 ** n * at[j]!
        at = Float64Array.from(rows, (j) =>
          at.reduce((all, value, m) => all + value * steps[m]![j]!, 0),
        )
      }
      for (let j = 0; j < count; j++)
        if (i !== j) expect(scoreOf(scores, i, j)).toBeCloseTo(sum[j]! + 0.02 * steps[i]![j]!, 5)
    }
  })

  it('is nearly the same from eigenpairs alone', async () => {
    const exact = (await walk(0.02)).scores
    const fast = (await walk(0.02, 0)).scores
    expect(fast.kind).toBe('factors')
    expect(await qualityOf(fast, made.labels)).toBeGreaterThan(
      (await qualityOf(exact, made.labels)) - 0.01,
    )
    for (let j = 1; j < count; j++) expect(scoreOf(fast, 0, j)).toBeCloseTo(scoreOf(exact, 0, j), 2)
  })

  it('follows a chain of neighbours that cosine cannot', async () => {
    const curved = arcs(400)
    const detector = new Detector(
      { embedding: curved, features: null, pixels: null, views: null },
      products,
    )
    const ask = async (method: SuspectMethod) =>
      qualityOf(await detector.scores({ method, groupSize: 'large', share: 0.1 }), curved.labels)
    expect(await ask('random-walk')).toBeGreaterThan((await ask('cosine')) + 0.1)
  })

  it('takes CSLS for tiny groups', async () => {
    const detector = new Detector(input, products)
    const tiny = await detector.scores({ method: 'random-walk', groupSize: 'tiny', share: 0.1 })
    const csls = await detector.scores({ method: 'csls', groupSize: 'medium', share: 0.1 })
    expect(scoreOf(tiny, 3, 40)).toBe(scoreOf(csls, 3, 40))
  })
})

describe('CSLS', () => {
  it('takes half of each neighbourhood off the cosine', async () => {
    const scores = await new Detector(input, products).scores({
      method: 'csls',
      groupSize: 'medium',
      share: 0.1,
    })
    const near = (i: number) => {
      const cosines = Array.from(everyOne(count))
        .filter((j) => j !== i)
        .map((j) => dot(made.data, made.dim, i, j))
      return (
        cosines
          .sort((a, b) => b - a)
          .slice(0, 10)
          .reduce((sum, x) => sum + x, 0) / 10
      )
    }
    expect(scoreOf(scores, 2, 50)).toBeCloseTo(
      dot(made.data, made.dim, 2, 50) - (near(2) + near(50)) / 2,
      5,
    )
  })
})

describe('per-anchor thresholds', () => {
  it('have the share above them, for each image alone', async () => {
    const share = 0.2
    const scores = await new Detector(input, products).scores({
      method: 'per-anchor',
      groupSize: 'medium',
      share,
    })
    if (scores.kind !== 'factors') return expect.unreachable()
    for (const i of [0, 20, 60]) {
      const threshold = -2 * scores.offsets![i]!
      const above = Array.from(everyOne(count)).filter(
        (j) => j !== i && dot(made.data, made.dim, i, j) > threshold + 1e-6,
      )
      expect(above.length / (count - 1)).toBeCloseTo(share, 1)
    }
  })
})

describe('what a method needs', () => {
  it.each(['fnc', 'one-view', 'pixels'] as const)(
    'is said by %s when it is missing',
    async (method) => {
      const bare = new Detector({ ...input, pixels: null, views: null }, products)
      await expect(bare.scores({ method, groupSize: 'medium', share: 0.1 })).rejects.toThrow(
        /needs .* Choose another method/,
      )
    },
  )
})

describe('joinedRows', () => {
  it('gives features three times the weight of the embedding, at unit length', () => {
    const { data, dim } = joinedRows(
      { data: Float32Array.of(0, 8, 5, 0), dim: 2 },
      { data: Float32Array.of(1, 1), dim: 1 },
    )
    expect(dim).toBe(3)
    const [a, b] = [3 / Math.sqrt(10), 1 / Math.sqrt(10)]
    for (const [i, x] of [0, a, b, a, 0, b].entries()) expect(data[i]).toBeCloseTo(x, 6)
  })

  it('is the embedding where there are no features, and finite where they are zero', () => {
    const embedding = { data: Float32Array.of(0, 1), dim: 2 }
    expect(joinedRows(null, embedding)).toBe(embedding)
    expect([...joinedRows({ data: new Float32Array(2), dim: 2 }, embedding).data]).toEqual([
      0, 0, 0, 1,
    ])
  })
})
