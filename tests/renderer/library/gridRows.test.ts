import { describe, expect, it } from 'vitest'
import { arrange } from '../../../src-renderer/library/arrange.ts'
import { gridRows, placeAfter } from '../../../src-renderer/library/gridRows.ts'
import { madeTable } from './madeTable.ts'

const everything = arrange(madeTable(), { groupBy: 'label', sortBy: 'added', isShown: () => true })

describe('gridRows', () => {
  it('gives each group a header and rows of at most so many images', () => {
    expect(gridRows(everything.groups, 2)).toEqual([
      { kind: 'head', group: 0 },
      { kind: 'images', group: 0, from: 0, to: 2 },
      { kind: 'head', group: 1 },
      { kind: 'images', group: 1, from: 2, to: 4 },
      { kind: 'images', group: 1, from: 4, to: 5 },
      { kind: 'head', group: 2 },
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
