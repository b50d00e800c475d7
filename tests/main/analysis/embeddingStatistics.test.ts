import { describe, expect, it } from 'vitest'
import { embeddingStatistics } from '../../../src-main/analysis/embeddingStatistics.ts'

describe('embeddingStatistics', () => {
  it('tells a cross from a point', () => {
    const cross = { data: Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1), dim: 2 }
    const even = embeddingStatistics(cross, Int32Array.of(0, 1, 0, 1))
    expect(even.meanCosine).toBeCloseTo(-1 / 3, 12)
    expect(even.cosineWithinLabels).toBe(-1)
    expect(even.alignment).toBe(4)
    expect(even.effectiveRank).toBeCloseTo(2, 4)
    expect(even.silhouette).toBeCloseTo(Math.SQRT2 / 2 - 1, 12)
    const point = { data: Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0), dim: 2 }
    const collapsed = embeddingStatistics(point, Int32Array.of(0, 1, 0, 1))
    expect(collapsed).toMatchObject({ uniformity: 0, spread: 0, meanCosine: 1, silhouette: 0 })
    expect(collapsed.effectiveRank).toBeCloseTo(1, 4)
  })

  it('finds the rank from either side of the table', () => {
    const data = Float32Array.of(1, 0, 0, 0, 1, 0)
    const wide = embeddingStatistics({ data, dim: 3 }, Int32Array.of(0, 1))
    const tall = embeddingStatistics(
      { data: Float32Array.of(1, 0, 0, 1, 1, 0), dim: 2 },
      Int32Array.of(0, 1, 2),
    )
    expect(wide.effectiveRank).toBeCloseTo(2, 4)
    expect(tall.effectiveRank).toBeCloseTo(1.97, 2)
  })

  it('has no statistic where none is defined', () => {
    const alone = embeddingStatistics({ data: Float32Array.of(1, 0), dim: 2 }, Int32Array.of(-1))
    expect(alone).toMatchObject({
      uniformity: null,
      tolerance: null,
      cosineWithinLabels: null,
      alignment: null,
      meanCosine: null,
      spread: null,
      silhouette: null,
    })
    expect(alone.effectiveRank).toBeCloseTo(1, 4)
  })

  it('takes images without a label as alike to none', () => {
    const pair = { data: Float32Array.of(1, 0, 1, 0), dim: 2 }
    const unknown = embeddingStatistics(pair, Int32Array.of(-1, -1))
    expect(unknown).toMatchObject({ tolerance: 0, cosineWithinLabels: null, silhouette: null })
  })
})
