import { DatabaseSync } from 'node:sqlite'

/**
 * Takes a lock that the system takes back when this process ends, however it ends: SQLite's own lock
 * on an empty database.
 *
 * @param file made if missing; its folder exists
 * @returns its release, callable twice; null when another process, or this one, holds it
 */
export function tryLock(file: string): (() => void) | null {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null
    throw error
  }
  return () => {
    if (database.isOpen) database.close()
  }
}
