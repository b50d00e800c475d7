import { describe, expect, it } from 'vitest'
import { pairFamily, pairMoment } from '../../../../src-main/analysis/suspects/pairHistory.ts'

describe('pairMoment', () => {
  it('shares the push as the softmax over all others does', () => {
    const s = Math.SQRT1_2
    const rows = Float32Array.of(1, 0, s, s, 0, 1, -1, 0)
    const { cosine, pushShare } = pairMoment(rows, {
      dim: 2,
      first: 0,
      second: 1,
      temperature: 0.5,
    })
    const terms = [s, 0, -1].map((value) => Math.exp(value / 0.5))
    expect(cosine).toBeCloseTo(s, 6)
    expect(pushShare).toBeCloseTo((terms[0] ?? 0) / terms.reduce((sum, term) => sum + term, 0), 6)
  })

  it('stays finite at a temperature of .01', () => {
    const rows = Float32Array.of(1, 0, 1, 0, -1, 0)
    const moment = pairMoment(rows, { dim: 2, first: 0, second: 2, temperature: 0.01 })
    expect(moment.cosine).toBeCloseTo(-1, 6)
    expect(moment.pushShare).toBeGreaterThanOrEqual(0)
    expect(moment.pushShare).toBeLessThan(1e-30)
  })
})

describe('pairFamily', () => {
  it.each([
    ['attracted', [0.2, 0.35, 0.5, 0.8]],
    ['apart', [0.9, 0.6, 0.3, 0.2]],
    ['oscillating', [0.2, 0.7, 0.3, 0.8, 0.2]],
    ['close', [0.9, 0.95, 0.92]],
    ['distant', [0.1, 0.05, 0.12]],
    ['distant', [0.3]],
  ] as const)('tells %s', (family, cosines) => {
    expect(pairFamily(Float32Array.from(cosines))).toBe(family)
  })
})
