import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import { Detector } from '../../../../src-main/analysis/suspects/detector.ts'
import { duplicateCheck } from '../../../../src-main/analysis/suspects/duplicates.ts'
import {
  countNegatives,
  findSuspects,
  negativesOf,
  pairsAmong,
} from '../../../../src-main/analysis/suspects/findSuspects.ts'
import { Repulsion } from '../../../../src-main/analysis/temperature/repulsion.ts'
import type { Rows } from '../../../../src-main/analysis/neighbours.ts'
import type { Regime } from '../../../../src-main/contract/catalogue.ts'
import { clusteredRows, everyOne } from './made.ts'

let products: RowProducts
beforeAll(async () => {
  products = await openRowProducts()
})
afterAll(() => products.dispose())

const made = clusteredRows({ clusters: 6, perCluster: 10, dim: 10, noise: 0.1 })
const hashes = Array.from(made.labels, (_, i) => `hash ${i}`)

function find(
  rows: Rows,
  more: {
    readonly regime?: Regime
    readonly labels?: Int32Array
    readonly hashes?: readonly string[]
    readonly pixelsOf?: (image: number) => Uint8Array
    readonly top?: number
    readonly among?: Int32Array
  } = {},
) {
  const count = rows.data.length / rows.dim
  const detector = new Detector(
    { embedding: rows, features: null, pixels: null, views: null },
    products,
  )
  const ids = everyOne(count).map((i) => 100 + i)
  const own = more.hashes ?? hashes.slice(0, count)
  return findSuspects(detector, {
    method: 'random-walk',
    groupSize: 'medium',
    share: 0.05,
    top: more.top ?? 40,
    ids,
    ...(more.among && { isAsked: pairsAmong(ids, more.among) }),
    labels: {
      regime: more.regime ?? 'contrastive',
      labels: more.labels ?? new Int32Array(count).fill(-1),
      hashes: own,
    },
    duplicates: duplicateCheck(own, more.pixelsOf ?? null),
    products,
    repulsion: new Repulsion({ rows, isNegative: () => true, temperature: 0.1, positive: 1 }),
  })
}

describe('findSuspects', () => {
  it('lists pairs that belong together, by id, with reasons', async () => {
    const { suspects, duplicates } = await find(made)
    expect(duplicates).toEqual([])
    expect(suspects).toHaveLength(40)
    for (const pair of suspects) {
      expect(made.labels[pair.first - 100]).toBe(made.labels[pair.second - 100])
      expect(pair.cosine).toBeGreaterThan(0.7)
      expect(pair.rank ?? pair.rankBack ?? 1).toBeLessThanOrEqual(6)
      expect(pair.kind).toBe('suspect')
      const [a, b] = pair.clusters
      expect(a).toBe(b)
      expect(pair.pushShare).toBeGreaterThan(1 / 1770)
    }
    expect(new Set(suspects.map(({ clusters }) => clusters[0])).size).toBeGreaterThan(2)
    const scores = suspects.map(({ score }) => score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(suspects.some(({ sharedNeighbours }) => sharedNeighbours >= 4)).toBe(true)
  })

  it('with labels in use, lists only pairs of two labels', async () => {
    const labels = made.labels.map((label, i) => (i % 10 === 0 ? (label + 1) % 6 : label))
    labels[5] = -1
    const { suspects } = await find(made, { regime: 'metric', labels, top: 30 })
    for (const { first, second } of suspects) {
      expect(labels[first - 100]).not.toBe(labels[second - 100])
      expect([first, second]).not.toContain(105)
    }
    // The wrongly labelled image of each cluster is in nearly all of them.
    const wrong = suspects.filter(({ first, second }) => first % 10 === 0 || second % 10 === 0)
    expect(wrong.length).toBeGreaterThan(25)
  })

  it('lists only pairs of images that are asked about; of one image, those with all others', async () => {
    const some = [101, 102, 103, 125, 126, 999]
    const { suspects } = await find(made, { among: Int32Array.from(some) })
    expect(suspects).toHaveLength(10)
    for (const { first, second } of suspects)
      expect(some).toEqual(expect.arrayContaining([first, second]))
    const whole = await find(made, { top: 2000 })
    const inside = whole.suspects.filter(
      ({ first, second }) => some.includes(first) && some.includes(second),
    )
    expect(suspects).toEqual(inside)
    const alone = await find(made, { among: Int32Array.of(107), top: 100 })
    expect(alone.suspects).toHaveLength(59)
    for (const { first, second } of alone.suspects) expect([first, second]).toContain(107)
  })

  it('tells duplicates from false negatives', async () => {
    const pixelsOf = (image: number) => Uint8Array.of(image < 2 ? 7 + 3 * image : 40 * (image % 6))
    const same = hashes.map((hash, i) => (i === 3 ? 'hash 2' : hash))
    const labels = made.labels.map((label, i) => (i === 1 || i === 3 ? 5 : label))
    const contrastive = await find(made, { hashes: same, pixelsOf, top: 200 })
    const kinds = contrastive.duplicates.map(({ first, second, kind }) => [first, second, kind])
    expect(kinds).toContainEqual([100, 101, 'near-duplicate'])
    expect(kinds.map(([, , kind]) => kind)).not.toContain('duplicate')
    for (const { first, second } of contrastive.suspects)
      expect([first, second]).not.toEqual([100, 101])

    const metric = await find(made, { regime: 'metric', labels, hashes: same, pixelsOf, top: 200 })
    expect(metric.duplicates[0]).toMatchObject({ first: 102, second: 103, kind: 'duplicate' })
  })

  it('finds nothing to suspect where all images are one', async () => {
    const rows = { data: new Float32Array(12 * 3).map((_, i) => Number(i % 3 === 0)), dim: 3 }
    const { suspects, duplicates } = await find(rows, { hashes: Array<string>(12).fill('one') })
    expect({ suspects, duplicates }).toEqual({ suspects: [], duplicates: [] })
  })

  it.each([0, 1, 2, 3])('works with %i images', async (count) => {
    const rows = { data: made.data.slice(0, count * made.dim), dim: made.dim }
    const { suspects } = await find(rows)
    expect(suspects).toHaveLength((count * (count - 1)) / 2)
    for (const { score, cosine } of suspects) expect(Number.isFinite(score + cosine)).toBe(true)
  })

  it('passes over rows that are not finite', async () => {
    const data = made.data.slice()
    data[7 * made.dim] = NaN
    const { suspects } = await find({ data, dim: made.dim })
    expect(suspects).toHaveLength(40)
    for (const { first, second } of suspects) expect([first, second]).not.toContain(107)
  })
})

describe('negativesOf', () => {
  const labels = Int32Array.of(0, 0, 1, -1, -1, 1, 1)
  const hashes = ['a', 'b', 'b', 'c', 'c', 'd', 'd']

  it.each([
    ['contrastive', 18],
    ['metric', 6],
    ['mixed', 15],
  ] as const)('counts what %s pushes apart', (regime, expected) => {
    const known = { regime, labels, hashes }
    const isNegative = negativesOf(known)
    let count = 0
    for (let i = 0; i < 7; i++) for (let j = i + 1; j < 7; j++) if (isNegative(i, j)) count += 1
    expect(count).toBe(expected)
    expect(countNegatives(known)).toBe(expected)
  })
})
