import { describe, expect, it } from 'vitest'
import { gridRows, groupByLabel, placeAfter } from '../../../src-renderer/library/gridRows.ts'

const labels = Int32Array.of(1, 0, -1, 1, 0, 1)
const everything = groupByLabel(labels, 2, () => true)

describe('groupByLabel', () => {
  it('puts images label by label, those without one last, and keeps their order', () => {
    expect([...everything.order]).toEqual([1, 4, 0, 3, 5, 2])
    expect(everything.groups).toEqual([
      { label: 0, from: 0, to: 2 },
      { label: 1, from: 2, to: 5 },
      { label: -1, from: 5, to: 6 },
    ])
  })

  it('leaves out what is filtered, and groups without images', () => {
    const { order, groups } = groupByLabel(labels, 5, (label) => label === 1)
    expect([...order]).toEqual([0, 3, 5])
    expect(groups).toEqual([{ label: 1, from: 0, to: 3 }])
  })

  it('is empty without images', () => {
    expect(groupByLabel(new Int32Array(0), 0, () => true).groups).toEqual([])
  })
})

describe('gridRows', () => {
  it('gives each group a header and rows of at most so many images', () => {
    expect(gridRows(everything.groups, 2)).toEqual([
      { kind: 'label', group: 0 },
      { kind: 'images', group: 0, from: 0, to: 2 },
      { kind: 'label', group: 1 },
      { kind: 'images', group: 1, from: 2, to: 4 },
      { kind: 'images', group: 1, from: 4, to: 5 },
      { kind: 'label', group: 2 },
      { kind: 'images', group: 2, from: 5, to: 6 },
    ])
  })

  it('shows every image once, at any width', () => {
    for (const columns of [1, 2, 3, 7, 100]) {
      const places = gridRows(everything.groups, columns).flatMap((row) =>
        row.kind === 'images'
          ? Array.from({ length: row.to - row.from }, (_, i) => row.from + i)
          : [],
      )
      expect(places).toEqual([0, 1, 2, 3, 4, 5])
    }
  })
})

describe('placeAfter', () => {
  const rows = gridRows(everything.groups, 2)
  const down = { columns: 0, rows: 1 }
  const up = { columns: 0, rows: -1 }

  it('keeps the column over the borders of groups', () => {
    expect(placeAfter(rows, 1, down)).toBe(3)
    expect(placeAfter(rows, 3, up)).toBe(1)
  })

  it('takes the last image of a row that is too short', () => {
    expect(placeAfter(rows, 3, down)).toBe(4)
  })

  it('stays inside', () => {
    expect(placeAfter(rows, 0, up)).toBe(0)
    expect(placeAfter(rows, 5, down)).toBe(5)
    expect(placeAfter(rows, 0, { columns: -1, rows: 0 })).toBe(0)
    expect(placeAfter(rows, 2, { columns: 1e9, rows: 0 })).toBe(5)
    expect(placeAfter([], 0, down)).toBe(0)
  })
})
