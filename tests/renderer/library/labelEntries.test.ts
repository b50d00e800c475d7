import { describe, expect, it } from 'vitest'
import { labelEntries, labelOfDigit } from '../../../src-renderer/library/labelEntries.ts'
import { madeTable } from './madeTable.ts'

const { labelRows } = madeTable()
const counts = Int32Array.of(2, 3, 1)

describe('labelEntries', () => {
  it('lists labels in no group, then group by group, then images without a label', () => {
    const entries = labelEntries(labelRows, counts, '')
    expect(entries.map((entry) => [entry.kind, entry.name, entry.count])).toEqual([
      ['label', 'wren', 3],
      ['group', 'song birds', 2],
      ['label', 'tit', 2],
      ['label', 'without a label', 1],
    ])
  })

  it('keeps the digit of a label while it is looked for', () => {
    const [head, tit] = labelEntries(labelRows, counts, 'TI')
    expect(head?.kind).toBe('group')
    expect(tit).toMatchObject({ name: 'tit', digit: 2, id: 5, label: 0 })
    expect(labelOfDigit(labelRows, counts, 2)).toBe(5)
    expect(labelOfDigit(labelRows, counts, 3)).toBeNull()
  })

  it('gives digits to nine labels only', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      id: i + 1,
      name: `label ${i}`,
      colour: null,
      parent: null,
    }))
    const digits = labelEntries(many, new Int32Array(13), '').map((entry) =>
      entry.kind === 'label' ? entry.digit : null,
    )
    expect(digits).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, null, null, null])
  })
})
