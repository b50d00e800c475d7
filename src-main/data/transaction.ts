import type { DatabaseSync } from 'node:sqlite'
import { WorkbenchError } from '../contract/errors.ts'

/** Result codes of SQLite, without what its extended ones add above the lowest byte. */
const ioError = 10
const full = 13

/**
 * Does all of it or nothing. What it has done is on the disk when it returns.
 *
 * @throws WorkbenchError `io` when the disk is full or fails; else what the work throws
 */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  try {
    database.exec('BEGIN IMMEDIATE')
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk has ended it already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw diskError(error) ?? error
  }
}

/** Null where an error has another reason than the disk. */
export function diskError(cause: unknown): WorkbenchError | null {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0
  if (code === full)
    return new WorkbenchError(
      'io',
      'The disk that the project lies on is full. Nothing of this step was kept, all before it was. ' +
        'Make room on the disk, then try again.',
      { cause },
    )
  if (code === ioError)
    return new WorkbenchError(
      'io',
      'The disk that the project lies on does not take or give what it should. Nothing of this step ' +
        'was kept. Check that it is connected and has room, then try again.',
      { cause },
    )
  return null
}
