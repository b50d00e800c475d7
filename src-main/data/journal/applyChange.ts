import type { DatabaseSync } from 'node:sqlite'
import type { ImageProperty } from '../../contract/journal.ts'
import type { LabelRow } from '../../contract/labels.ts'
import type { Change } from './change.ts'

/** Brings the tables to what a change says holds after it. Part of the caller's transaction. */
export function applyChange(database: DatabaseSync, change: Change): void {
  switch (change.kind) {
    case 'images':
      if (change.property === 'label') keepLabels(database, [...change.before, ...change.after])
      return setImages(database, change.property, change.ids, change.after)
    case 'label':
      return setLabel(database, change.before, change.after)
    case 'verdicts':
      return setVerdicts(database, change.pairs, change.after)
    default:
      return change satisfies never
  }
}

/** An image that is gone is passed over; a label that is gone is none. */
const statements: Readonly<Record<ImageProperty, string>> = {
  label: 'UPDATE files SET label = (SELECT id FROM labels WHERE id = ?) WHERE id = ?',
  excluded: 'UPDATE files SET excluded = ? WHERE id = ?',
  trashed: 'UPDATE files SET trashed = ? WHERE id = ?',
  split: 'UPDATE files SET split = ? WHERE id = ?',
}

function setImages(
  database: DatabaseSync,
  property: ImageProperty,
  ids: Int32Array,
  values: Int32Array,
): void {
  const update = database.prepare(statements[property])
  for (const [i, id] of ids.entries()) update.run(values[i] ?? 0, id)
}

/** The journal speaks of them now: a scan is not to forget one that has no images. */
function keepLabels(database: DatabaseSync, labels: readonly number[]): void {
  const keep = database.prepare('UPDATE labels SET is_kept = 1 WHERE id = ?')
  for (const label of new Set(labels)) keep.run(label)
}

function setLabel(database: DatabaseSync, before: LabelRow | null, after: LabelRow | null): void {
  if (!after) {
    database.prepare('DELETE FROM labels WHERE id = ?').run(before?.id ?? null)
    return
  }
  const name = freeName(database, after)
  database
    .prepare(
      `INSERT INTO labels (id, name, colour, parent, is_kept) VALUES (?, ?, ?, ?, 1)
       ON CONFLICT (id) DO UPDATE SET
         name = excluded.name, colour = excluded.colour, parent = excluded.parent, is_kept = 1`,
    )
    .run(after.id, name, after.colour, after.parent)
}

/** A scan may have made another label of the name meanwhile: "cat" then comes back as "cat (2)". */
function freeName(database: DatabaseSync, { id, name }: LabelRow): string {
  const other = database.prepare('SELECT 1 FROM labels WHERE name = ? AND id <> ?')
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? name : `${name} (${copy})`
    if (!other.get(candidate, id)) return candidate
  }
}

function setVerdicts(database: DatabaseSync, pairs: Int32Array, values: Int32Array): void {
  const remove = database.prepare('DELETE FROM verdicts WHERE a = ? AND b = ?')
  const set = database.prepare(
    `INSERT INTO verdicts (a, b, verdict) VALUES (?, ?, ?)
     ON CONFLICT (a, b) DO UPDATE SET verdict = excluded.verdict`,
  )
  for (const [i, value] of values.entries()) {
    const [a = 0, b = 0] = pairs.subarray(2 * i, 2 * i + 2)
    if (value === 0) remove.run(a, b)
    else set.run(a, b, value)
  }
}
