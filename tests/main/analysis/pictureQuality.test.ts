import { describe, expect, it } from 'vitest'
import { lengthShareOf } from '../../../src-main/analysis/linearView.ts'
import { nearestNeighbours } from '../../../src-main/analysis/nearestNeighbours.ts'
import { picturedNeighbours } from '../../../src-main/analysis/picturedNeighbours.ts'
import { distortionOf, pictureQuality } from '../../../src-main/analysis/pictureQuality.ts'
import { principalAxes } from '../../../src-main/analysis/principalAxes.ts'
import { random } from '../../../src-main/numeric/random.ts'
import { madeRows } from './madeRows.ts'
import numpy from './pictureQuality.json' with { type: 'json' }

const rows = { data: Float32Array.from(numpy.rows), dim: numpy.dim }
const positions = Float32Array.from(numpy.positions)

describe('what NumPy computes', () => {
  it.each(numpy.expected)('is what is computed here, for $k neighbours', async (expected) => {
    const { k } = expected
    const quality = await pictureQuality(rows, positions, { k })
    expect(quality.trustworthiness).toBeCloseTo(expected.trustworthiness, 12)
    expect(quality.continuity).toBeCloseTo(expected.continuity, 12)
    expect(quality.neighboursKept).toBeCloseTo(expected.neighboursKept, 12)
    const nearest = await nearestNeighbours(rows.data, { dim: rows.dim, k: 30 })
    const distortion = distortionOf(nearest, positions, k)
    distortion.forEach((value, i) => expect(value).toBeCloseTo(expected.distortion[i]!, 5))
  })

  it('is the share of the length that three axes hold', () => {
    expect(lengthShareOf(rows, principalAxes(rows))).toBeCloseTo(numpy.lengthShare, 6)
  })
})

describe('picturedNeighbours', () => {
  it.each([
    [400, 9],
    [30, 29],
    [3, 5],
  ])('finds what sorting finds, for %i points', (n, k) => {
    const stream = random(3, 'points')
    const points = Float32Array.from({ length: 3 * n }, () => stream.normal())
    const found = picturedNeighbours(points, k)
    for (let i = 0; i < n; i++) {
      const square = (j: number) =>
        [0, 1, 2].reduce((sum, d) => sum + (points[3 * i + d]! - points[3 * j + d]!) ** 2, 0)
      const others = [...Array(n).keys()].filter((j) => j !== i)
      const sorted = others.toSorted((a, b) => square(a) - square(b)).slice(0, k)
      expect(Array.from(found.subarray(i * k, i * k + sorted.length))).toEqual(sorted)
      expect(found.subarray(i * k + sorted.length, (i + 1) * k).every((id) => id === -1)).toBe(true)
    }
  })

  it('finds neighbours where all points are one, without looking at all pairs', () => {
    const points = new Float32Array(60_000).map((_, at) => (at % 3 === 0 ? 1 : 0))
    const found = picturedNeighbours(points, 4)
    for (let i = 0; i < 20_000; i += 997) {
      const near = found.subarray(4 * i, 4 * i + 4)
      expect(new Set(near).size).toBe(4)
      expect(near.includes(i) || near.includes(-1)).toBe(false)
    }
  })
})

describe('pictureQuality', () => {
  it('is 1 for a picture that is the truth, and low for one that has nothing to do with it', async () => {
    const made = madeRows({ count: 300, dim: 3, centres: 4, spread: 0.4 })
    expect(await pictureQuality(made, made.data, { k: 10 })).toEqual({
      trustworthiness: 1,
      continuity: 1,
      neighboursKept: 1,
    })
    const stream = random(5, 'anywhere')
    const anywhere = Float32Array.from(made.data, () => stream.normal())
    const quality = await pictureQuality(made, anywhere, { k: 10 })
    expect(quality.trustworthiness).toBeLessThan(0.6)
    expect(quality.continuity).toBeLessThan(0.6)
    expect(quality.neighboursKept).toBeLessThan(0.1)
  })

  it('comes near the whole from a sample', async () => {
    const made = madeRows({ count: 900, dim: 16, centres: 9, spread: 0.2 })
    const picture = Float32Array.from({ length: 2700 }, (_, at) => {
      return made.data[16 * Math.floor(at / 3) + (at % 3)]!
    })
    const whole = await pictureQuality(made, picture, { k: 10 })
    const sampled = await pictureQuality(made, picture, { k: 10, mostQueries: 300 })
    expect(sampled).not.toEqual(whole)
    expect(sampled.trustworthiness).toBeCloseTo(whole.trustworthiness, 1)
    expect(sampled.neighboursKept).toBeCloseTo(whole.neighboursKept, 1)
  })

  it.each([0, 1, 2, 3])('is a number for %i rows', async (count) => {
    const made = madeRows({ count, dim: 5, centres: 2, spread: 0.4 })
    const picture = Float32Array.from({ length: 3 * count }, (_, at) => at)
    for (const value of Object.values(await pictureQuality(made, picture, { k: 10 })))
      expect(value).toBeGreaterThanOrEqual(0)
  })

  it('leaves out rows that are not finite', async () => {
    const data = Float32Array.of(...rows.data, NaN, 0, 0, 0, 0, 0)
    const shown = Float32Array.of(...positions, 1, 0, 0)
    const quality = await pictureQuality({ data, dim: rows.dim }, shown, { k: 5 })
    expect(quality.trustworthiness).toBeCloseTo(numpy.expected[0]!.trustworthiness, 12)
  })
})
