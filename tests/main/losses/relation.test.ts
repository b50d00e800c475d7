import { describe, expect, it } from 'vitest'
import {
  acrossViews,
  countAnchors,
  countPairs,
  positivePairs,
  relationOf,
  withinViews,
} from '../../../src-main/losses/relation.ts'
import { labelled, twoViews } from './madeBatches.ts'

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

describe('relationOf, mixed', () => {
  it('takes views and equal labels for positives, and all else for negatives', () => {
    const relation = relationOf('mixed', {
      images: Int32Array.of(0, 1, 2, 0, 1, 2),
      labels: Int32Array.of(4, 4, -1, 4, 4, -1),
    })
    const rows = [0, 1, 2].map((i) => [...relation.cells.slice(6 * i, 6 * i + 6)])
    expect(rows).toEqual([
      [0, 1, -1, 1, 1, -1],
      [1, 0, -1, 1, 1, -1],
      [-1, -1, 0, -1, -1, 1],
    ])
    expect(relation.firstViews).toBe(3)
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

describe('views of a relation', () => {
  it('meet across: a first view has only second ones', () => {
    const { cells } = acrossViews(twoViews(2))
    expect([...cells]).toEqual([0, 0, 1, -1, 0, 0, -1, 1, 1, -1, 0, 0, -1, 1, 0, 0])
  })

  it('meet within: one relation a view', () => {
    expect(withinViews(twoViews(2)).map(({ cells }) => [...cells])).toEqual([
      [0, -1, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, -1, 0],
    ])
  })

  it('share a memory across, and have none within', () => {
    const cells = Int8Array.of(0, 1, -1, 1, 0, -1)
    const relation = { rows: 2, columns: 3, cells, firstViews: 1 }
    expect([...acrossViews(relation).cells]).toEqual([...cells])
    for (const view of withinViews(relation)) expect(countPairs(view).allNegatives).toBe(0)
  })

  it('are all of it where there is one view', () => {
    const relation = labelled([0, 0, 1])
    expect(acrossViews(relation)).toBe(relation)
    expect(withinViews(relation)).toEqual([relation])
  })
})

it('positivePairs lists ordered pairs, by anchor', () => {
  expect(positivePairs(labelled([0, 1, 0]))).toEqual({
    anchors: Int32Array.of(0, 2),
    positives: Int32Array.of(2, 0),
  })
})

it('countAnchors leaves out whoever has no pair', () => {
  expect(countAnchors(labelled([0, 1, -1]))).toBe(2)
})
