import { expect, it } from 'vitest'
import type { QualityReport } from '../../../src-main/contract/quality.ts'
import { arrange } from '../../../src-renderer/library/arrange.ts'
import { twinColumns } from '../../../src-renderer/library/twinColumns.ts'
import { madeTable } from './madeTable.ts'

const table = madeTable()
const rowOf = new Map([...table.ids].map((id, row) => [id, row]))
const report = (...groups: readonly Int32Array[]): QualityReport => ({
  issues: [
    { kind: 'near', groups },
    { kind: 'dark', groups: [Int32Array.of(11, 13)] },
  ],
  unmeasured: 0,
  imbalance: null,
  leaks: { acrossSplits: 0, acrossLabels: 0 },
})

it('puts files with the same bytes together, and all others apart', () => {
  const columns = twinColumns(table, rowOf, null)
  expect(columns).toEqual({
    titles: ['Duplicates 1'],
    keys: Int32Array.of(-1, 0, -1, -1, 0, -1),
  })
  const { order, groups } = arrange(table, {
    groupBy: 'duplicate',
    sortBy: 'added',
    isShown: () => true,
    columns,
  })
  expect([...order]).toEqual([1, 4, 0, 2, 3, 5])
  expect(groups.map(({ title }) => title)).toEqual(['Duplicates 1', 'without a duplicate'])
})

it('joins what looks alike with what has the same bytes, and puts larger groups first', () => {
  // 12 and 15 have the same bytes; 99 is gone.
  const columns = twinColumns(
    table,
    rowOf,
    report(Int32Array.of(11, 14, 99), Int32Array.of(13, 15)),
  )
  expect(columns.titles).toEqual(['Duplicates 1', 'Duplicates 2'])
  expect([...columns.keys]).toEqual([1, 0, 0, 1, 0, -1])
})
