import { describe, expect, it } from 'vitest'
import type { LibraryChange } from '../../../src-main/contract/journal.ts'
import { changedTable } from '../../../src-renderer/stores/changedTable.ts'
import { madeTable } from '../library/madeTable.ts'

const table = madeTable()
const rowOf = new Map([...table.ids].map((id, row) => [id, row]))
const state = { revision: 1, undo: 'it', redo: null }
const nothing: LibraryChange = {
  state,
  title: 'it',
  kind: 'do',
  labels: null,
  images: [],
  hasVerdicts: false,
}

describe('changedTable', () => {
  it('changes only what changed, and only in the new table', () => {
    const images = [
      { property: 'label' as const, ids: Int32Array.of(13, 99), values: Int32Array.of(3, 3) },
      { property: 'trashed' as const, ids: Int32Array.of(16), values: Int32Array.of(0) },
    ]
    const next = changedTable(table, { ...nothing, images }, rowOf)
    expect([...next.labels]).toEqual([1, 0, 1, 1, 0, 1])
    expect([...next.trashed]).toEqual([0, 0, 0, 0, 0, 0])
    expect(next.paths).toBe(table.paths)
    expect([...table.labels]).toEqual([1, 0, -1, 1, 0, 1])
  })

  it('keeps every image under its label when labels come and go', () => {
    const labels = [
      { id: 9, name: 'a new one', colour: null, parent: null },
      { id: 3, name: 'wren', colour: null, parent: null },
    ]
    const images = [
      { property: 'label' as const, ids: Int32Array.of(12, 15), values: Int32Array.of(9, -1) },
    ]
    const next = changedTable(table, { ...nothing, labels, images }, rowOf)
    const names = [...next.labels].map((label) => next.labelRows[label]?.name ?? null)
    expect(names).toEqual(['wren', 'a new one', null, 'wren', null, 'wren'])
  })
})
