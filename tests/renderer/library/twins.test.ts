import { expect, it } from 'vitest'
import { twinsOf } from '../../../src-renderer/library/twins.ts'
import { madeTable } from './madeTable.ts'

it('finds images with the same bytes, and after a check those that look alike', () => {
  const table = { ...madeTable(), hashes: ['a', 'b', 'a', 'c', 'd', 'e'] }
  expect(twinsOf(table, 0, null)).toEqual({ exact: [table.ids[2]], near: [] })
  expect(twinsOf(table, 3, null)).toEqual({ exact: [], near: [] })
  const groups = [Int32Array.of(table.ids[2]!, table.ids[0]!, table.ids[3]!)]
  const report = {
    issues: [{ kind: 'near' as const, groups }],
    unmeasured: 0,
    imbalance: null,
    leaks: { acrossSplits: 0, acrossLabels: 0 },
  }
  expect(twinsOf(table, 0, report)).toEqual({ exact: [table.ids[2]], near: [table.ids[3]] })
  expect(twinsOf(table, 1, report)).toEqual({ exact: [], near: [] })
})
