import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import { useTableFile } from '../../../src-renderer/ui/tableFile.ts'
import type { TableReport } from '../../../src-renderer/ui/tableFile.ts'

const reportOf = (changed: number): TableReport => ({ changed, problems: [] })
const file = (name: string, text: string): File => new File([text], name)
const takesAll = () => Promise.resolve()

describe('a table that is given', () => {
  it('is checked when it is taken, and applied with its name', async () => {
    const applied: unknown[] = []
    const table = useTableFile({
      check: (text) => Promise.resolve(reportOf(text.length)),
      apply: (request) => Promise.resolve(applied.push(request)),
    })
    expect(await table.apply()).toBe(false)
    await table.take(file('cats.csv', 'abc'))
    expect(table).toMatchObject({ name: 'cats.csv', fault: '', isBusy: false })
    expect(table.report).toEqual(reportOf(3))
    expect(await table.apply()).toBe(true)
    expect(applied).toEqual([{ text: 'abc', name: 'cats.csv' }])
  })

  it('keeps what is wrong beside it, with what to do, and forgets it with the next file', async () => {
    const table = useTableFile({
      check: (text) =>
        text === ''
          ? Promise.reject(new WorkbenchError('bad-request', 'The table has no header.'))
          : Promise.resolve(reportOf(1)),
      apply: takesAll,
    })
    await table.take(file('good.csv', 'file'))
    await table.take(file('empty.csv', ''))
    expect(table.report).toBeNull()
    expect(table.fault).toMatch(/^The table has no header\. Change/)
    await table.take(file('good.csv', 'file'))
    expect(table).toMatchObject({ fault: '', report: reportOf(1) })
  })

  it('stays open when it cannot be applied', async () => {
    const table = useTableFile({
      check: () => Promise.resolve(reportOf(1)),
      apply: () => Promise.reject(new WorkbenchError('io', 'The disk is full.')),
    })
    await table.take(file('cats.csv', 'file'))
    expect(await table.apply()).toBe(false)
    expect(table.fault).toContain('The disk is full.')
    expect(table.isBusy).toBe(false)
  })

  it('shows the answer to what was asked last, in whatever order the answers come', async () => {
    const answers: ((report: TableReport) => void)[] = []
    const table = useTableFile({
      check: () => new Promise<TableReport>((resolve) => answers.push(resolve)),
      apply: takesAll,
    })
    const first = table.take(file('a.csv', 'a'))
    while (answers.length < 1) await new Promise((resolve) => setTimeout(resolve))
    const second = table.check()
    answers[1]?.(reportOf(2))
    await second
    expect(table).toMatchObject({ report: reportOf(2), isBusy: false })
    answers[0]?.(reportOf(1))
    await first
    expect(table).toMatchObject({ report: reportOf(2), isBusy: false })
  })
})
