import { parse } from 'csv-parse/sync'
import { WorkbenchError } from '../contract/errors.ts'
import type { ImageTable } from '../contract/images.ts'
import { handSplits } from '../contract/journal.ts'
import type { HandSplit, LibraryCommand } from '../contract/journal.ts'
import type { LabelTableProblem, LabelTableReport } from '../contract/labelFiles.ts'

/** A table of labels that was understood: what it says of which image. */
export interface ReadLabelTable {
  readonly report: LabelTableReport
  /** As one step of undo; null when it changes nothing. */
  readonly commandsOf: (table: ImageTable) => readonly LibraryCommand[]
}

interface Entry {
  readonly row: number
  readonly label: string | null
  readonly group: string | null
  readonly split: HandSplit | null
}

const columns = ['file', 'label', 'group', 'split'] as const

/**
 * Reads a CSV table with a header: `file`, and at least one of `label`, `group` (the super-label) and
 * `split`. A file is named by its path as the library shows it, by its absolute path, or by its name
 * where only one image has it. An empty label takes the label away; an empty group or split changes
 * nothing. Rows that cannot be used are reported and left out.
 *
 * @param paths absolute, in the order of the table
 * @throws WorkbenchError `bad-request` when there is no header or the text is no CSV
 */
export function readLabelTable(
  text: string,
  table: ImageTable,
  paths: readonly string[],
): ReadLabelTable {
  const lines = rowsOf(text)
  const rowOfFile = fileFinder(table, paths)
  const problems: LabelTableProblem[] = []
  const entries = new Map<number, Entry>()
  const lineOf = new Map<number, number>()
  for (const { line, fields } of lines) {
    const read = entryOf(fields, rowOfFile)
    if (typeof read === 'string') {
      problems.push({ line, message: read })
      continue
    }
    const before = entries.get(read.row)
    if (before && !isSame(before, read))
      problems.push({
        line,
        message: `${fields.get('file')} stands in line ${lineOf.get(read.row)} too, with other values; that line counts.`,
      })
    if (before) continue
    entries.set(read.row, read)
    lineOf.set(read.row, line)
  }
  const known = new Set(table.labelRows.map(({ name }) => name))
  const changed = [...entries.values()].filter((entry) => changes(entry, table))
  const wanted = new Set(changed.flatMap(({ label }) => label ?? []))
  return {
    report: {
      rows: lines.length,
      changed: changed.length,
      unchanged: entries.size - changed.length,
      newLabels: [...wanted].filter((name) => !known.has(name)).sort(),
      problems,
    },
    commandsOf: (now) => commandsOf(changed, now),
  }
}

interface Row {
  readonly line: number
  readonly fields: ReadonlyMap<string, string>
}

function rowsOf(text: string): readonly Row[] {
  let records: { record: readonly string[]; info: { lines: number } }[]
  try {
    records = parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    }) as unknown as typeof records
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new WorkbenchError('bad-request', `The table is no CSV: ${reason}.`, { cause })
  }
  const [head, ...rest] = records
  // Of two columns of one meaning, such as file and path, the first one counts.
  const names = (head?.record.map(columnOf) ?? []).map((name, i, all) =>
    all.indexOf(name) === i ? name : null,
  )
  if (!names.includes('file') || names.length < 2 || !names.some((name) => name && name !== 'file'))
    throw new WorkbenchError(
      'bad-request',
      `The first line of the table is “${head?.record.join(',') ?? ''}”. It must name the columns: ` +
        'file, and label, group or split, such as “file,label”.',
    )
  return rest.map(({ record, info }) => ({
    line: info.lines,
    fields: new Map(
      names.flatMap((name, i): [string, string][] =>
        name === null || record[i] === undefined ? [] : [[name, record[i]]],
      ),
    ),
  }))
}

/** The name of a column; null for one that means nothing here. */
function columnOf(head: string): (typeof columns)[number] | null {
  const name = head.toLowerCase().replaceAll(/[\s_-]/g, '')
  if (name === 'path' || name === 'filename' || name === 'image') return 'file'
  if (name === 'superlabel' || name === 'parent') return 'group'
  return columns.find((column) => column === name) ?? null
}

/** A sentence where the file is not found. */
function fileFinder(
  { ids, paths }: ImageTable,
  absolute: readonly string[],
): (file: string) => number | string {
  const places = new Map<string, number[]>()
  const add = (name: string, row: number): void => {
    const known = places.get(name)
    if (!known) places.set(name, [row])
    else if (!known.includes(row)) known.push(row)
  }
  ids.forEach((_, row) => {
    const path = paths[row] ?? ''
    for (const name of new Set([path, absolute[row] ?? '', path.split('/').at(-1) ?? '']))
      add(name, row)
  })
  return (file) => {
    const found = places.get(file.replace(/^\.\//, '').replaceAll('\\', '/')) ?? places.get(file)
    const exact = found?.filter((row) => paths[row] === file)
    const [row, ...others] = exact && exact.length > 0 ? exact : (found ?? [])
    if (row === undefined) return `${file} is no image of this project.`
    if (others.length > 0)
      return `${file} is the name of ${others.length + 1} images. Give the path as the library shows it.`
    return row
  }
}

function entryOf(
  fields: ReadonlyMap<string, string>,
  rowOfFile: (file: string) => number | string,
): Entry | string {
  const file = fields.get('file') ?? ''
  if (file === '') return 'The row names no file.'
  const row = rowOfFile(file)
  if (typeof row === 'string') return row
  const split = fields.get('split') ?? ''
  const known = handSplits.find((one) => one.toLowerCase() === splitName(split))
  if (split !== '' && known === undefined)
    return `“${split}” is no split. Write training, heldOut or auto.`
  const label = fields.get('label')
  if (label !== undefined && label.length > 200)
    return `The label has ${label.length} characters; 200 are the most.`
  return { row, label: label ?? null, group: fields.get('group') || null, split: known ?? null }
}

function splitName(written: string): string {
  const name = written.toLowerCase().replaceAll(/[\s_-]/g, '')
  if (name === 'train') return 'training'
  return name === 'test' || name === 'val' || name === 'validation' ? 'heldout' : name
}

function isSame(a: Entry, b: Entry): boolean {
  return a.label === b.label && a.group === b.group && a.split === b.split
}

/** Whether an entry says anything that does not hold yet. */
function changes({ row, label, group, split }: Entry, table: ImageTable): boolean {
  const now = table.labelRows[table.labels[row] ?? -1]
  if (label !== null && label !== (now?.name ?? '')) return true
  if (group !== null && group !== now?.parent) return true
  return split !== null && handSplits[table.splits[row] ?? 0] !== split
}

/** New labels first, then who gets which, then groups and splits. */
function commandsOf(entries: readonly Entry[], table: ImageTable): readonly LibraryCommand[] {
  const idOf = new Map(table.labelRows.map(({ id, name }) => [name, id]))
  const images = (rows: readonly Entry[]) => Int32Array.from(rows, ({ row }) => table.ids[row] ?? 0)
  const commands: LibraryCommand[] = []
  for (const [label, rows] of groupedBy(entries, ({ label }) => label)) {
    const known = idOf.get(label)
    const parent = rows.find(({ group }) => group !== null)?.group ?? null
    if (label === '') commands.push({ kind: 'label', images: images(rows), label: null })
    else if (known === undefined)
      commands.push({ kind: 'createLabel', name: label, parent, images: images(rows) })
    else {
      commands.push({ kind: 'label', images: images(rows), label: known })
      if (parent !== null) commands.push({ kind: 'groupLabel', label: known, parent })
    }
  }
  // Rows with a group and no label speak of the label that the image has.
  for (const { row, label, group } of entries) {
    const own = table.labelRows[table.labels[row] ?? -1]
    if (label === null && group !== null && own)
      commands.push({ kind: 'groupLabel', label: own.id, parent: group })
  }
  for (const [split, rows] of groupedBy(entries, ({ split }) => split))
    commands.push({ kind: 'split', images: images(rows), split })
  return commands
}

function groupedBy<Key extends string>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => Key | null,
): ReadonlyMap<Key, readonly Entry[]> {
  const groups = new Map<Key, Entry[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (key === null) continue
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return groups
}
