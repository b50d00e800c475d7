import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WorkbenchError } from '../contract/errors.ts'

/**
 * Holds a project for this process. The lock is SQLite's own lock on an empty database, which the
 * system takes back when the process ends, however it ends.
 *
 * @param folder the project's folder; exists
 * @returns its release; callable twice
 * @throws WorkbenchError `busy` when another process holds it
 */
export function lockProject(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.db'))
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message))
      throw new WorkbenchError(
        'busy',
        `The project ${folder} is open in another Antipode. Close it there, or choose another project folder.`,
        { cause: error },
      )
    throw error
  }
  return () => {
    if (database.isOpen) database.close()
  }
}
