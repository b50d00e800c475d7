import type { DatabaseSync } from 'node:sqlite'
import type { ImageTable } from '../contract/images.ts'
import { labelRows } from './journal/labelRows.ts'

/** All images of a project, by column. */
export function imageTable(database: DatabaseSync): ImageTable {
  const labels = labelRows(database)
  const indexOf = new Map(labels.map(({ id }, index) => [id, index]))
  const count = Number(database.prepare('SELECT count(*) AS count FROM files').get()?.count)
  const paths: string[] = []
  const hashes: string[] = []
  const table = {
    ids: new Int32Array(count),
    paths,
    hashes,
    labels: new Int32Array(count),
    labelRows: labels,
    excluded: new Uint8Array(count),
    trashed: new Uint8Array(count),
    splits: new Uint8Array(count),
    modifiedMs: new Float64Array(count),
    widths: new Int32Array(count),
    heights: new Int32Array(count),
  }
  const statement = database.prepare(
    `SELECT id, path, hash, label, excluded, trashed, split, modified_ms, width, height
     FROM files ORDER BY id`,
  )
  // A row as an array is half the work of one as an object, and there may be 100,000.
  statement.setReturnArrays(true)
  const rows = statement.iterate() as unknown as Iterable<readonly (string | number | null)[]>
  let i = 0
  for (const [id, path, hash, label, excluded, trashed, split, modified, width, height] of rows) {
    table.ids[i] = Number(id)
    paths.push(String(path))
    hashes.push(String(hash))
    table.labels[i] = label === null ? -1 : (indexOf.get(Number(label)) ?? -1)
    table.excluded[i] = Number(excluded)
    table.trashed[i] = Number(trashed)
    table.splits[i] = Number(split)
    table.modifiedMs[i] = Number(modified)
    table.widths[i] = Number(width)
    table.heights[i] = Number(height)
    i += 1
  }
  return table
}
