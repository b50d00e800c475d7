import type { DatabaseSync } from 'node:sqlite'
import type { LabelRow } from '../../contract/labels.ts'

/** `img2` before `img10`. */
export function labelRows(database: DatabaseSync): readonly LabelRow[] {
  return database
    .prepare('SELECT id, name, colour, parent FROM labels')
    .all()
    .map(({ id, name, colour, parent }) => ({
      id: Number(id),
      name: String(name),
      colour: colour === null ? null : String(colour),
      parent: parent === null ? null : String(parent),
    }))
    .sort((a, b) => naturally.compare(a.name, b.name))
}

/** The same on every machine. */
const naturally = new Intl.Collator('en', { numeric: true })
