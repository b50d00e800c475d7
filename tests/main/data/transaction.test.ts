import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Journal } from '../../../src-main/data/journal/Journal.ts'
import { openProjectDatabase } from '../../../src-main/data/projectSchema.ts'
import { StoredScan } from '../../../src-main/data/StoredScan.ts'
import { inTransaction } from '../../../src-main/data/transaction.ts'
import { tempFolder } from './tempFolder.ts'

/** A project whose file may not grow by more than some pages: for SQLite that is a full disk. */
function nearlyFull(morePages: number) {
  const database = openProjectDatabase(join(tempFolder(), 'project.db'))
  database.exec("INSERT INTO sources (folder) VALUES ('/photos')")
  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count)
  database.exec(`PRAGMA max_page_count = ${pages + morePages}`)
  return database
}

const batch = (number: number) => ({
  skipped: [],
  files: Array.from({ length: 100 }, (_, i) => ({
    path: `${number}/${i}.png`,
    hash: `${number} ${i}`,
    label: `${number}`,
    sizeBytes: 1,
    modifiedMs: 1,
    width: 1,
    height: 1,
  })),
})

it('keeps what it took before the disk was full, says so, and goes on when there is room', () => {
  const database = nearlyFull(12)
  const scan = new StoredScan(database, 1, 1)
  const count = () => Number(database.prepare('SELECT count(*) AS n FROM files').get()?.n)
  let taken = 0
  const isFull = () => {
    for (; taken < 100; taken++) scan.add(batch(taken))
  }
  expect(isFull).toThrow(expect.objectContaining({ code: 'io' }))
  expect(isFull).toThrow(/full/)
  expect(taken).toBeGreaterThan(1)
  expect(count()).toBe(100 * taken)
  const journal = new Journal(database, () => new Date(0))
  const images = Int32Array.from({ length: 100 * taken }, (_, i) => i + 1)
  const command = { kind: 'createLabel', name: 'all', parent: null, images } as const
  const before = journal.state()
  expect(() => journal.run(command)).toThrow(/full/)
  expect(journal.state()).toEqual(before)
  database.exec('PRAGMA max_page_count = 100000')
  scan.add(batch(taken))
  journal.run(command)
  expect(journal.state().undo).toContain('as all')
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
})

it('takes all back when the work fails for a reason of its own, which it leaves as it is', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (x)')
  const reason = new TypeError('not like this')
  const work = () =>
    inTransaction(database, () => {
      database.exec('INSERT INTO t VALUES (1)')
      throw reason
    })
  expect(work).toThrow(reason)
  expect(database.prepare('SELECT count(*) AS n FROM t').get()?.n).toBe(0)
  expect(database.isTransaction).toBe(false)
})
