import { describe, expect, it } from 'vitest'
import { effectiveCount, pushOf } from '../../../../src-main/analysis/temperature/shares.ts'
import type { Weighting } from '../../../../src-main/contract/laboratory.ts'
import { random } from '../../../../src-main/numeric/random.ts'

const stream = random(1, 'cosines')
const cosines = Float32Array.from({ length: 40 }, () => 2 * stream.next() - 1)
const positive = 0.7
const m = 0.25

/** The loss of one anchor, as a function of its cosines: what the shares must be the gradient of. */
const losses: readonly {
  readonly weighting: Weighting
  readonly loss: (s: Float64Array) => number
}[] = [
  ...[0.01, 0.1, 0.5, 1].map((temperature) => ({
    weighting: { kind: 'softmax', temperature } as const,
    loss: (s: Float64Array) => {
      const logits = [positive, ...s].map((x) => x / temperature)
      const most = Math.max(...logits)
      return most + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - most), 0)) - logits[0]!
    },
  })),
  {
    weighting: { kind: 'multi-similarity', alpha: 2, beta: 50, base: 0.5 },
    loss: (s) => Math.log1p(s.reduce((sum, x) => sum + Math.exp(50 * (x - 0.5)), 0)) / 50,
  },
  {
    weighting: { kind: 'circle', margin: m, scale: 80 },
    loss: (s) => {
      // The weights [s + m]₊ are fixed: they are those of the cosines themselves.
      const logit = (x: number, n: number) => 80 * Math.max(cosines[n]! + m, 0) * (x - m)
      const negatives = s.reduce((sum, x, n) => sum + Math.exp(logit(x, n)), 0)
      return Math.log1p(
        negatives * Math.exp(-80 * Math.max(1 + m - positive, 0) * (positive - 1 + m)),
      )
    },
  },
]

describe.each(losses)('$weighting', ({ weighting, loss }) => {
  const { shares, strength } = pushOf(cosines, positive, weighting)

  it('deals the push out as the gradient of its loss', () => {
    const step = 1e-6
    const gradient = Array.from(cosines, (_, n) => {
      const at = (by: number) => loss(Float64Array.from(cosines, (x, i) => x + (i === n ? by : 0)))
      return (at(step) - at(-step)) / (2 * step)
    })
    const total = gradient.reduce((sum, x) => sum + x, 0)
    for (const [n, share] of shares.entries()) expect(share).toBeCloseTo(gradient[n]! / total, 4)
    expect(strength / total).toBeCloseTo(1, 4)
  })

  it('deals out all of it', () => {
    expect(shares.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 10)
  })
})

describe('margin', () => {
  it('pushes what is nearer than the positive and the margin, all alike', () => {
    const { shares } = pushOf(cosines, positive, { kind: 'margin', margin: 0.3 })
    const distance = (s: number) => Math.sqrt(2 - 2 * s)
    const active = Array.from(cosines, (s) => distance(s) < distance(positive) + 0.3)
    const count = active.filter(Boolean).length
    expect(count).toBeGreaterThan(2)
    expect(count).toBeLessThan(40)
    for (const [n, share] of shares.entries())
      expect(share).toBeCloseTo(active[n] ? 1 / count : 0, 12)
  })

  it('pushes nobody where all are far', () => {
    const { shares, strength } = pushOf(Float32Array.of(-1, -0.9), 0.99, {
      kind: 'margin',
      margin: 0.1,
    })
    expect([...shares, strength]).toEqual([0, 0, 0])
    expect(effectiveCount(shares)).toBe(0)
  })
})

describe('effectiveCount', () => {
  it('is how many would share the push evenly', () => {
    expect(effectiveCount(Float64Array.of(0.25, 0.25, 0.25, 0.25))).toBeCloseTo(4, 12)
    expect(effectiveCount(Float64Array.of(1, 0, 0))).toBe(1)
    expect(effectiveCount(new Float64Array())).toBe(0)
  })

  it('falls with the temperature, from nearly all to nearly one', () => {
    const at = (temperature: number) =>
      effectiveCount(pushOf(cosines, positive, { kind: 'softmax', temperature }).shares)
    expect(at(100)).toBeGreaterThan(39.9)
    expect(at(0.001)).toBeLessThan(1.1)
    const all = [0.01, 0.03, 0.1, 0.3, 1].map(at)
    expect(all).toEqual([...all].sort((a, b) => a - b))
  })
})

it('stands temperatures and scales that would overflow', () => {
  for (const weighting of [
    { kind: 'softmax', temperature: 1e-5 },
    { kind: 'circle', margin: 0.4, scale: 5000 },
    { kind: 'multi-similarity', alpha: 2, beta: 1e5, base: 0.5 },
  ] as const) {
    const { shares, strength } = pushOf(cosines, positive, weighting)
    expect([...shares, strength].every(Number.isFinite)).toBe(true)
    expect(Math.max(...shares)).toBeCloseTo(1, 5)
  }
  const none = pushOf(new Float32Array(), 0.5, { kind: 'softmax', temperature: 0.1 })
  expect(none).toEqual({ shares: new Float64Array(), strength: 0 })
})
