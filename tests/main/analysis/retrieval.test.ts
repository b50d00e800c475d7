import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { retrievalScore } from '../../../src-main/analysis/retrieval.ts'
import { everyIndex, nearestRows, nearestToOne } from '../../../src-main/analysis/neighbours.ts'
import type { Score } from '../../../src-main/contract/runs.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'

let engine: EngineContext
beforeAll(async () => {
  engine = await openEngine('wasm')
})
afterAll(() => engine.dispose())

/** Unit rows from a seeded stream, `[count, dim]`. */
function unitRows(count: number, dim: number): Float32Array {
  const stream = random(1, 'rows')
  const rows = Float32Array.from({ length: count * dim }, () => stream.normal())
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * dim, i * dim + dim)
    const norm = Math.hypot(...row)
    row.forEach((value, d) => (row[d] = value / norm))
  }
  return rows
}

/** Sorts the gallery anew for each query, as the definition says. */
function bruteForceScore(request: Parameters<typeof retrievalScore>[0]): Score {
  const { rows, dim, labels, queries, gallery } = request
  const precisions: number[] = []
  let hitsAtOne = 0
  for (const query of queries) {
    const ranked = Array.from(gallery)
      .filter((image) => image !== query)
      .map((image) => {
        let cosine = 0
        for (let d = 0; d < dim; d++) cosine += rows[query * dim + d]! * rows[image * dim + d]!
        return { image, cosine: Math.fround(cosine) }
      })
      .sort((a, b) => b.cosine - a.cosine || a.image - b.image)
    const isHit = ranked.map(({ image }) => labels[image] === labels[query] && labels[query]! >= 0)
    const relevant = isHit.filter(Boolean).length
    if (relevant === 0) continue
    if (isHit[0]) hitsAtOne += 1
    let sum = 0
    for (let k = 1; k <= relevant; k++)
      if (isHit[k - 1]) sum += isHit.slice(0, k).filter(Boolean).length / k
    precisions.push(sum / relevant)
  }
  return {
    recallAt1: hitsAtOne / precisions.length,
    mapAtR: precisions.reduce((sum, value) => sum + value, 0) / precisions.length,
    queries: precisions.length,
  }
}

describe('retrievalScore', () => {
  it.each([
    ['few large labels', 2],
    ['labels of some images', 30],
    ['pairs', 150],
  ])('equals ranking the whole gallery in float64: %s', async (_, labelCount) => {
    const [count, dim] = [300, 7]
    const rows = unitRows(count, dim)
    // Copies of other rows, so that there are ties within labels and across them.
    for (let i = 0; i < 60; i++) rows.copyWithin((i + 200) * dim, i * dim, (i + 1) * dim)
    const labels = Int32Array.from({ length: count }, (_, i) => i % labelCount)
    labels.fill(-1, 290)
    const queries = everyIndex(count).filter((i) => i % 3 > 0)
    const gallery = everyIndex(count).filter((i) => i % 5 > 0)
    const score = await retrievalScore({ rows, dim, labels, queries, gallery })
    const expected = bruteForceScore({ rows, dim, labels, queries, gallery })
    expect(score?.queries).toBe(expected.queries)
    expect(score?.recallAt1).toBeCloseTo(expected.recallAt1, 12)
    expect(score?.mapAtR).toBeCloseTo(expected.mapAtR, 12)
  })

  it('counts an image whose row is not a number as a miss', async () => {
    const rows = Float32Array.of(1, 0, NaN, 0, 0.8, 0.6, 0, 1)
    const labels = Int32Array.of(0, 0, 0, 1)
    const score = await retrievalScore({
      rows,
      dim: 2,
      labels,
      queries: Int32Array.of(0, 1),
      gallery: everyIndex(4),
    })
    expect(score).toEqual({ recallAt1: 0.5, mapAtR: 0.25, queries: 2 })
  })

  it('looks for queries among the gallery only', async () => {
    const rows = Float32Array.of(1, 0, 0.8, 0.6, 0.6, 0.8, 0, 1)
    const labels = Int32Array.of(0, 1, 0, 1)
    const request = { rows, dim: 2, labels, queries: Int32Array.of(0) }
    const all = await retrievalScore({ ...request, gallery: everyIndex(4) })
    expect(all).toEqual({ recallAt1: 0, mapAtR: 0, queries: 1 })
    const some = await retrievalScore({ ...request, gallery: Int32Array.of(2, 3) })
    expect(some).toEqual({ recallAt1: 1, mapAtR: 1, queries: 1 })
  })

  it('is null where no query has a fellow', async () => {
    const request = { rows: unitRows(3, 2), dim: 2, queries: everyIndex(3), gallery: everyIndex(3) }
    expect(await retrievalScore({ ...request, labels: Int32Array.of(0, 1, 2) })).toBeNull()
    expect(await retrievalScore({ ...request, labels: Int32Array.of(-1, -1, -1) })).toBeNull()
  })
})

describe('nearestRows', () => {
  it('equals sorting all cosines in float64', async () => {
    const [count, dim, k] = [300, 7, 9]
    const data = unitRows(count, dim)
    const before = tf.memory().numTensors
    const { indices, cosines } = await nearestRows({ data, dim }, k)
    expect(tf.memory().numTensors).toBe(before)
    for (let i = 0; i < count; i += 13) {
      const sorted = Array.from({ length: count }, (_, j) => {
        let cosine = 0
        for (let d = 0; d < dim; d++) cosine += data[i * dim + d]! * data[j * dim + d]!
        return { j, cosine }
      })
        .filter(({ j }) => j !== i)
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, k)
      expect(Array.from(indices.subarray(i * k, i * k + k))).toEqual(sorted.map(({ j }) => j))
      sorted.forEach(({ cosine }, n) => expect(cosines[i * k + n]).toBeCloseTo(cosine, 5))
      expect(nearestToOne({ data, dim }, i, k).indices).toEqual(indices.slice(i * k, i * k + k))
    }
  })

  it('gives ties to the lower index and fills short lists with −1', async () => {
    const data = Float32Array.of(1, 0, 1, 0, 1, 0)
    const { indices } = await nearestRows({ data, dim: 2 }, 3)
    expect(Array.from(indices)).toEqual([1, 2, -1, 0, 2, -1, 0, 1, -1])
    expect((await nearestRows({ data: new Float32Array(0), dim: 2 }, 3)).indices).toHaveLength(0)
  })
})
