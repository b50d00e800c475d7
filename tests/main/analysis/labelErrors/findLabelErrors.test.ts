import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLabelErrors } from '../../../../src-main/analysis/labelErrors/findLabelErrors.ts'
import { fitLogistic, probabilitiesOf } from '../../../../src-main/analysis/labelErrors/logistic.ts'
import { neighbourVotes } from '../../../../src-main/analysis/labelErrors/neighbourVotes.ts'
import { openRowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import { clusteredRows } from '../suspects/made.ts'

let products: RowProducts
beforeAll(async () => {
  products = await openRowProducts()
})
afterAll(() => products.dispose())

const shape = { clusters: 6, perCluster: 40, dim: 16, noise: 0.18 }
const made = clusteredRows(shape)
const truth = made.labels
const stream = random(3, 'wrong labels')
const flipped = truth.map((label) =>
  stream.next() < 0.1 ? (label + 1 + stream.integer(5)) % 6 : label,
)

const find = (labels: Int32Array, labelCount = 6, rows = made, top = 1000) =>
  findLabelErrors(rows, {
    labels,
    labelCount,
    ids: Int32Array.from(labels.keys()).map((i) => 500 + i),
    pixels: null,
    top,
    products,
  })

describe('findLabelErrors', () => {
  it('puts wrong labels first, suggests the right ones, and says how the neighbours stand', async () => {
    const { doubts, estimatedErrors, images, neighbours } = await find(flipped)
    expect([images, neighbours]).toEqual([240, 10])
    const wrong = [...flipped.keys()].filter((i) => flipped[i] !== truth[i])
    expect(wrong.length).toBeGreaterThan(15)
    const first = doubts.slice(0, wrong.length)
    const found = first.filter(({ image }) => wrong.includes(image - 500))
    expect(found.length / wrong.length).toBeGreaterThan(0.85)
    for (const { image, label, suggested, ownProbability, suggestedProbability } of found) {
      expect(label).toBe(flipped[image - 500])
      expect(suggested).not.toBe(label)
      expect(suggestedProbability).toBeGreaterThan(ownProbability)
    }
    const share = (is: (doubt: (typeof found)[number]) => boolean) =>
      found.filter(is).length / found.length
    expect(share(({ image, suggested }) => suggested === truth[image - 500])).toBeGreaterThan(0.85)
    expect(
      share(({ neighboursSuggested, neighboursOwn }) => neighboursSuggested > neighboursOwn),
    ).toBeGreaterThan(0.85)
    expect(
      found.every((doubt) => doubt.neighboursOwn + doubt.neighboursSuggested <= neighbours),
    ).toBe(true)
    expect(estimatedErrors / wrong.length).toBeGreaterThan(0.6)
    expect(estimatedErrors / wrong.length).toBeLessThan(1.6)
    expect(found[0]!.isConfident).toBe(true)
    expect(doubts.at(-1)!.isConfident).toBe(false)
  })

  it('is surer where the pixels have a say as well', async () => {
    const alone = await find(flipped)
    const both = await findLabelErrors(clusteredRows({ ...shape, seed: 9 }), {
      labels: flipped,
      labelCount: 6,
      ids: Int32Array.from(flipped.keys()),
      pixels: made,
      top: 1000,
      products,
    })
    const hits = (doubts: readonly { image: number }[], offset: number) =>
      doubts.slice(0, 20).filter(({ image }) => flipped[image - offset] !== truth[image - offset])
        .length
    expect(hits(both.doubts, 0)).toBeGreaterThan(16)
    expect(hits(alone.doubts, 500)).toBeGreaterThan(16)
  })

  it('has hardly a doubt where all labels are right', async () => {
    const { estimatedErrors, twins } = await find(truth)
    expect(estimatedErrors).toBeLessThan(3)
    expect(twins).toEqual([])
  })

  it('finds one thing under two names', async () => {
    const split = truth.map((label, i) => (label === 2 && i % 2 === 0 ? 6 : label))
    const { twins } = await find(split, 7)
    expect(twins).toHaveLength(1)
    expect(twins[0]).toMatchObject({ first: 2, second: 6, images: 40 })
    expect(twins[0]!.mixing).toBeGreaterThan(0.8)
  })

  it('lists no more than it was asked for, the same every time', async () => {
    const [once, again] = [await find(flipped, 6, made, 5), await find(flipped, 6, made, 5)]
    expect(once.doubts).toHaveLength(5)
    expect(again).toEqual(once)
  })

  it.each([
    ['one label', new Int32Array(240), 1],
    ['a label for each image', Int32Array.from({ length: 240 }, (_, i) => i), 240],
  ])('survives %s', async (_, labels, labelCount) => {
    const { doubts, twins } = await find(labels, labelCount)
    expect(doubts).toHaveLength(240)
    expect(doubts.every((doubt) => Number.isFinite(doubt.ownProbability))).toBe(true)
    expect(twins).toEqual([])
  })

  it.each([1, 2, 3])('survives %i images', async (count) => {
    const rows = { ...made, data: made.data.slice(0, count * made.dim) }
    const { doubts } = await find(
      Int32Array.from({ length: count }, (_, i) => i % 2),
      2,
      rows,
    )
    expect(doubts).toHaveLength(count)
  })
})

describe('fitLogistic', () => {
  it('reaches the optimum: the gradient vanishes', () => {
    const [count, width, labelCount] = [60, 4, 3]
    const numbers = random(1, 'examples')
    const examples = Float32Array.from({ length: count * width }, (_, at) =>
      at % width === width - 1 ? 1 : numbers.normal(),
    )
    const labels = Int32Array.from({ length: count }, () => numbers.integer(labelCount))
    const weights = fitLogistic(examples, { dim: width - 1, labels, labelCount, products })
    const p = new Float32Array(count * labelCount)
    probabilitiesOf(examples, weights, { width, products }, p)
    for (let c = 0; c < labelCount; c++)
      for (let d = 0; d < width; d++) {
        let sum = 1e-3 * weights[c * width + d]! * count
        for (let i = 0; i < count; i++)
          sum += (p[i * labelCount + c]! - Number(labels[i] === c)) * examples[i * width + d]!
        expect(sum / count).toBeCloseTo(0, 3)
      }
  })
})

describe('neighbourVotes', () => {
  it('counts the nearest most, and everyone alike where there is no neighbour', () => {
    const lists = {
      ids: Int32Array.of(1, 2, 0, 2, -1, -1),
      cosines: new Float32Array(6),
      k: 2,
      excluded: new Int32Array(),
    }
    const votes = neighbourVotes(lists, Int32Array.of(0, 1, 0), 2)
    const expected = [1 / 3, 2 / 3, 1, 0, 0.5, 0.5]
    for (const [at, share] of expected.entries()) expect(votes[at]).toBeCloseTo(share, 6)
  })
})
