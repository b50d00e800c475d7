import { expect, it } from 'vitest'
import { pairedDifference } from '../../../src-main/analysis/pairedDifference.ts'
import { random } from '../../../src-main/numeric/random.ts'

it('is certain where every image changes alike, and unsure where they do not', () => {
  const left = Float64Array.from({ length: 50 }, (_, i) => i / 50)
  const alike = pairedDifference(
    left,
    left.map((x) => x + 0.1),
  )
  expect(alike?.difference).toBeCloseTo(0.1)
  expect(alike?.low).toBeCloseTo(0.1)
  expect(alike?.high).toBeCloseTo(0.1)
  const mixed = pairedDifference(
    left,
    left.map((x, i) => x + (i % 2 === 0 ? 0.5 : -0.5)),
  )
  expect(mixed?.low).toBeLessThan(0)
  expect(mixed?.high).toBeGreaterThan(0)
})

it('holds the true difference in about 95 of 100 samples, and is as wide as theory says', () => {
  let hits = 0
  let width = 0
  const [n, samples, truth] = [80, 200, 0.3]
  for (let sample = 0; sample < samples; sample++) {
    const stream = random(sample, 'made differences')
    const left = Float64Array.from({ length: n }, () => 5 * stream.normal())
    const right = left.map((x) => x + truth + stream.normal())
    const found = pairedDifference(left, right)!
    if (found.low <= truth && truth <= found.high) hits += 1
    width += (found.high - found.low) / samples
  }
  expect(hits / samples).toBeGreaterThan(0.9)
  expect(hits / samples).toBeLessThan(0.99)
  // 2 · 1.96 · σ / √n, whatever the spread that both sides share.
  expect(width).toBeCloseTo(3.92 / Math.sqrt(n), 1)
})

it('gives the same answer again, and none for no image', () => {
  const [left, right] = [Float64Array.of(0, 1, 1, 0), Float64Array.of(1, 1, 0, 1)]
  expect(pairedDifference(left, right)).toEqual(pairedDifference(left, right))
  expect(pairedDifference(new Float64Array(0), new Float64Array(0))).toBeNull()
})
