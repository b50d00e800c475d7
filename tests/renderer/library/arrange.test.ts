import { describe, expect, it } from 'vitest'
import { arrange, arrangeGroups } from '../../../src-renderer/library/arrange.ts'
import type { GroupBy, SortBy } from '../../../src-renderer/library/arrange.ts'
import { madeTable } from './madeTable.ts'

const table = madeTable()

/** Titles of the groups, and the rows in each. */
function arranged(
  groupBy: GroupBy,
  sortBy: SortBy,
  isShown: (row: number) => boolean = () => true,
) {
  const { order, groups } = arrange(table, { groupBy, sortBy, isShown })
  return groups.map(({ title, from, to }) => [title, ...order.subarray(from, to)])
}

describe('arrange', () => {
  it('puts images label by label, those without one last, in the order of the table', () => {
    expect(arranged('label', 'added')).toEqual([
      ['tit', 1, 4],
      ['wren', 0, 3, 5],
      ['without a label', 2],
    ])
  })

  it('groups by super-label and by split', () => {
    expect(arranged('group', 'added')).toEqual([
      ['song birds', 1, 4],
      ['in no group', 0, 2, 3, 5],
    ])
    expect(arranged('split', 'added')).toEqual([
      ['wherever the run says', 0, 3, 5],
      ['always in training', 2],
      ['always held out', 1, 4],
    ])
  })

  it('sorts names as people do, by date the newest first, and by size the largest first', () => {
    expect(arranged('none', 'name')).toEqual([[null, 2, 4, 1, 3, 0, 5]])
    expect(arranged('none', 'date')).toEqual([[null, 1, 4, 2, 3, 5, 0]])
    expect(arranged('none', 'size')).toEqual([[null, 2, 3, 4, 0, 1, 5]])
  })

  it('sorts by name inside each group, also the second time', () => {
    const sorted = [
      ['tit', 4, 1],
      ['wren', 3, 0, 5],
      ['without a label', 2],
    ]
    expect(arranged('label', 'name')).toEqual(sorted)
    expect(arranged('label', 'name')).toEqual(sorted)
  })

  it('sorts by numbers of a run the highest first, those without one last, and as added until they come', () => {
    const values = Float32Array.of(NaN, 0.5, 2, -1, 0.5, NaN)
    const options = { groupBy: 'none', sortBy: 'loss', isShown: () => true } as const
    expect([...arrange(table, { ...options, values }).order]).toEqual([2, 1, 4, 3, 0, 5])
    expect([...arrange(table, options).order]).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('keeps no order for images that came later', () => {
    expect(arranged('none', 'date')).toEqual([[null, 1, 4, 2, 3, 5, 0]])
    const modifiedMs = Float64Array.of(9, 8, 7, 6, 5, 4)
    const reloaded = { ...table, paths: [...table.paths], modifiedMs }
    const { order } = arrange(reloaded, { groupBy: 'none', sortBy: 'date', isShown: () => true })
    expect([...order]).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('leaves out what is not wanted, and groups without images', () => {
    expect(arranged('label', 'added', (row) => row === 3)).toEqual([['wren', 3]])
    expect(arranged('label', 'added', () => false)).toEqual([])
  })
})

describe('arrangeGroups', () => {
  it('shows groups in their order, without images that are gone or not wanted', () => {
    const rowOf = new Map([...table.ids].map((id, row) => [id, row]))
    const groups = [Int32Array.of(15, 12), Int32Array.of(16), Int32Array.of(13, 99)]
    const { order, groups: arranged } = arrangeGroups(groups, {
      rowOf,
      isShown: (row) => row !== 5,
      titleOf: (group) => `group ${group}`,
    })
    expect([...order]).toEqual([4, 1, 2])
    expect(arranged).toEqual([
      { title: 'group 0', label: -1, from: 0, to: 2 },
      { title: 'group 2', label: -1, from: 2, to: 3 },
    ])
  })
})
