import type { ImageId, ImageTable } from '../../src-main/contract/images.ts'
import type { ImageProperty, LibraryChange } from '../../src-main/contract/journal.ts'

/**
 * The table after a change that the workbench made to the project: a new one, in which only what changed
 * is new. Images that the table does not have yet are passed over.
 */
export function changedTable(
  table: ImageTable,
  change: LibraryChange,
  rowOf: ReadonlyMap<ImageId, number>,
): ImageTable {
  let next = change.labels ? withLabels(table, change.labels) : table
  const indexOf = new Map(next.labelRows.map(({ id }, index) => [id, index]))
  for (const { property, ids, values } of change.images) {
    const column = columnOf[property]
    const changed = next[column].slice()
    ids.forEach((id, i) => {
      const row = rowOf.get(id)
      const value = values[i] ?? 0
      if (row !== undefined)
        changed[row] = property === 'label' ? (indexOf.get(value) ?? -1) : value
    })
    next = { ...next, [column]: changed }
  }
  return next
}

const columnOf = {
  label: 'labels',
  excluded: 'excluded',
  trashed: 'trashed',
  split: 'splits',
} as const satisfies Record<ImageProperty, keyof ImageTable>

/** Indexes move when a label comes or goes, as labels are sorted by name. */
function withLabels(table: ImageTable, labelRows: ImageTable['labelRows']): ImageTable {
  const newIndexOf = new Map(labelRows.map(({ id }, index) => [id, index]))
  const moved = table.labelRows.map(({ id }) => newIndexOf.get(id) ?? -1)
  return { ...table, labelRows, labels: table.labels.map((label) => moved[label] ?? -1) }
}
