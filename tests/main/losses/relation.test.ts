import { describe, expect, it } from 'vitest'
import { countPairs, relationOf } from '../../../src-main/losses/relation.ts'

describe('relationOf', () => {
  it('makes two views positives and all else negatives in contrastive learning', () => {
    const relation = relationOf('contrastive', {
      images: Int32Array.of(0, 1, 0, 1),
      labels: Int32Array.of(5, 5, 5, 5),
    })
    expect([...relation.cells]).toEqual([0, -1, 1, -1, -1, 0, -1, 1, 1, -1, 0, -1, -1, 1, -1, 0])
  })

  it('makes equal labels positives in metric learning', () => {
    const relation = relationOf('metric', {
      images: Int32Array.of(0, 1, 2),
      labels: Int32Array.of(7, 7, 2),
    })
    expect([...relation.cells]).toEqual([0, 1, -1, 1, 0, -1, -1, -1, 0])
  })

  it('ignores whoever has no label in metric learning, but for another view of itself', () => {
    const { cells } = relationOf('metric', {
      images: Int32Array.of(0, 1, 2, 2),
      labels: Int32Array.of(0, -1, -1, -1),
    })
    expect([...cells]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0])
  })
})

describe('countPairs', () => {
  it('counts by anchor and in all, in a rectangular relation too', () => {
    const counts = countPairs({ rows: 2, columns: 3, cells: Int8Array.of(0, 1, 1, -1, 0, -1) })
    expect(counts).toEqual({
      positives: Int32Array.of(2, 0),
      negatives: Int32Array.of(0, 2),
      allPositives: 2,
      allNegatives: 2,
    })
  })
})
