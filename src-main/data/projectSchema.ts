import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { WorkbenchError } from '../contract/errors.ts'
import { diskError } from './transaction.ts'

/** Kept in `PRAGMA user_version`. A change to the tables raises it and adds a step to `migrations`. */
const projectVersion = 2

/** Step i leads from version i to i + 1. */
const migrations: readonly string[] = [
  `CREATE TABLE sources (
     id INTEGER PRIMARY KEY,
     folder TEXT NOT NULL UNIQUE
   ) STRICT;
   CREATE TABLE labels (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE
   ) STRICT;
   CREATE TABLE files (
     -- AUTOINCREMENT: old runs speak of ids, so one that is gone is never given to another file.
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     source INTEGER NOT NULL REFERENCES sources (id),
     path TEXT NOT NULL,
     hash TEXT NOT NULL,
     size_bytes INTEGER NOT NULL,
     modified_ms INTEGER NOT NULL,
     width INTEGER NOT NULL,
     height INTEGER NOT NULL,
     label INTEGER REFERENCES labels (id),
     -- The scan that saw the file last: what a later, whole scan does not see is gone.
     seen INTEGER NOT NULL,
     -- The scan that saw it first.
     added INTEGER NOT NULL,
     UNIQUE (source, path)
   ) STRICT;
   CREATE INDEX files_hash ON files (hash);
   CREATE TABLE skipped (
     source INTEGER NOT NULL REFERENCES sources (id),
     path TEXT NOT NULL,
     reason TEXT NOT NULL,
     seen INTEGER NOT NULL,
     PRIMARY KEY (source, path)
   ) STRICT;`,
  `CREATE TABLE new_labels (
     -- AUTOINCREMENT: the journal speaks of ids, so one that is gone is never given to another label.
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     colour TEXT,
     parent TEXT,
     -- 1 where the journal speaks of it: it then stays when no image has it any more.
     is_kept INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   INSERT INTO new_labels (id, name) SELECT id, name FROM labels;
   DROP TABLE labels;
   ALTER TABLE new_labels RENAME TO labels;
   CREATE INDEX files_label ON files (label);
   -- The label that all files of a source get; null for that of their folder.
   ALTER TABLE sources ADD COLUMN label TEXT;
   -- JSON array of the only files that belong to the project; null for the whole folder.
   ALTER TABLE sources ADD COLUMN files TEXT;
   ALTER TABLE files ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE files ADD COLUMN trashed INTEGER NOT NULL DEFAULT 0;
   -- Index into the contract's hand splits.
   ALTER TABLE files ADD COLUMN split INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE verdicts (
     -- No references: what was judged of an image that is gone counts again when it comes back.
     a INTEGER NOT NULL,
     b INTEGER NOT NULL,
     -- Index into the contract's kinds of verdicts.
     verdict INTEGER NOT NULL,
     PRIMARY KEY (a, b),
     CHECK (a < b)
   ) STRICT;
   -- How images look, by their bytes; measured when it is first asked for.
   CREATE TABLE looks (
     hash TEXT PRIMARY KEY,
     perceptual_low INTEGER NOT NULL,
     perceptual_high INTEGER NOT NULL,
     brightness REAL NOT NULL,
     entropy REAL NOT NULL,
     sharpness REAL NOT NULL
   ) STRICT;
   CREATE TABLE journal (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL,
     title TEXT NOT NULL,
     at TEXT NOT NULL,
     -- What it did, in the contract's codec; null where it undid or redid another entry.
     changes BLOB,
     -- The entry that it undid or redid.
     target INTEGER REFERENCES journal (id)
   ) STRICT;`,
]

/**
 * Opens `project.db`, makes it or brings it up to date.
 *
 * @throws WorkbenchError `newer-version` when a newer Antipode wrote it, which then is left as it is;
 *   `io` when the file is no database, or its disk is full
 */
export function openProjectDatabase(file: string): DatabaseSync {
  if (existsSync(file)) refuseNewer(file)
  const database = new DatabaseSync(file)
  try {
    // FULL: what was acknowledged is on the disk, also when the power goes.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF')
    for (let version = versionOf(database); version < projectVersion; version++)
      database.exec(
        `BEGIN; ${migrations[version] ?? ''} PRAGMA user_version = ${version + 1}; COMMIT`,
      )
    // Only now: a migration may replace a table that others refer to.
    database.exec('PRAGMA foreign_keys = ON')
    return database
  } catch (cause) {
    database.close()
    throw diskError(cause) ?? damaged(file, cause)
  }
}

function refuseNewer(file: string): void {
  let version: number
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      version = versionOf(database)
    } finally {
      database.close()
    }
  } catch (cause) {
    throw damaged(file, cause)
  }
  if (version > projectVersion)
    throw new WorkbenchError(
      'newer-version',
      `The project ${file} was written by a newer Antipode (format ${version}; this one reads up to ` +
        `${projectVersion}). Update Antipode, or choose another project folder.`,
    )
}

function damaged(file: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'io',
    `${file} is not a project of Antipode, or it is damaged. Choose another project folder.`,
    { cause },
  )
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}
