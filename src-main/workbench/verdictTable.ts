import { parse } from 'csv-parse/sync'
import { WorkbenchError } from '../contract/errors.ts'
import type { ImageId, ImageTable } from '../contract/images.ts'
import { verdictKinds } from '../contract/journal.ts'
import type { LibraryCommand, Verdict } from '../contract/journal.ts'
import type { VerdictProblem, VerdictTableReport } from '../contract/verdictFiles.ts'
import { VerdictGroups } from '../contract/verdictGroups.ts'
import { previewVerdict } from '../contract/verdictPreview.ts'

/**
 * Paths are for people and for other projects, hashes find a file that was moved, and ids keep verdicts on
 * images that are gone: those count again when the images come back.
 */
const columns = [
  'verdict',
  'first',
  'second',
  'first_hash',
  'second_hash',
  'first_id',
  'second_id',
] as const
type Column = (typeof columns)[number]

/** All verdicts as CSV, in the order of the project. Reading it again gives the very same verdicts. */
export function verdictTable(verdicts: readonly Verdict[], table: ImageTable): string {
  const rowOf = rowsById(table)
  const place = (id: ImageId) => {
    const row = rowOf.get(id)
    return {
      path: row === undefined ? '' : (table.paths[row] ?? ''),
      hash: row === undefined ? '' : (table.hashes[row] ?? ''),
    }
  }
  const lines = verdicts.map(({ a, b, verdict }) => {
    const [first, second] = [place(a), place(b)]
    return [verdict, first.path, second.path, first.hash, second.hash, String(a), String(b)]
  })
  return [[...columns], ...lines].map((fields) => `${fields.map(quoted).join(',')}\n`).join('')
}

export interface ReadVerdicts {
  readonly report: VerdictTableReport
  /** As one step of undo; null where nothing changes. */
  readonly command: LibraryCommand | null
}

/**
 * Reads a table of verdicts. Lines that cannot be used, or that contradict what is known, are reported and
 * left out; nothing else is lost.
 *
 * @param known verdicts of the project
 * @param isReplacing where file and project contradict each other, the file counts
 * @throws WorkbenchError `bad-request` when the text is no CSV or its header lacks columns
 */
export function readVerdictTable(
  text: string,
  table: ImageTable,
  known: readonly Verdict[],
  isReplacing: boolean,
): ReadVerdicts {
  const lines = linesOf(text)
  const idOf = imageFinder(table)
  const now = new Map(known.map((verdict) => [keyOf(verdict), verdict]))
  const lineOf = new Map<string, number>()
  let groups = VerdictGroups.of(known)
  const problems: VerdictProblem[] = []
  const changes: Verdict[] = []
  let unchanged = 0
  let onGone = 0
  const here = new Set(table.ids)
  for (const { line, fields } of lines) {
    const read = verdictIn(fields, idOf)
    if (typeof read === 'string') {
      problems.push({ line, message: read })
      continue
    }
    const key = keyOf(read)
    const earlier = lineOf.get(key)
    const before = now.get(key)
    if (earlier !== undefined) {
      if (before?.verdict !== read.verdict)
        problems.push({
          line,
          message: `says ${read.verdict}, but line ${earlier} says ${before?.verdict} of the same two images; line ${earlier} counts`,
        })
      continue
    }
    if (before && before.verdict !== read.verdict && !isReplacing) {
      problems.push({
        line,
        message: `says ${read.verdict}, but the project says ${before.verdict} of these two images; the project counts, unless you import with --replace`,
      })
      continue
    }
    if (before && before.verdict !== read.verdict) {
      now.delete(key)
      groups = VerdictGroups.of([...now.values()])
    }
    if (!groups.add(read)) {
      problems.push({ line, message: contradiction(read, [...now.values()], { lineOf, table }) })
      if (before) now.set(key, before)
      if (before) groups = VerdictGroups.of([...now.values()])
      continue
    }
    lineOf.set(key, line)
    if (before?.verdict === read.verdict) unchanged += 1
    else changes.push(read)
    if (!here.has(read.a) || !here.has(read.b)) onGone += 1
    now.set(key, read)
  }
  return {
    report: { rows: lines.length, changed: changes.length, unchanged, onGone, problems },
    command: commandOf(changes),
  }
}

/** Verdicts that are named where one contradicts several. */
const mostNamed = 4

/** Why a verdict cannot stand beside the others, and which those are. */
function contradiction(
  verdict: Verdict,
  others: readonly Verdict[],
  { lineOf, table }: { readonly lineOf: ReadonlyMap<string, number>; readonly table: ImageTable },
): string {
  const rowOf = rowsById(table)
  const nameOf = (id: ImageId) => table.paths[rowOf.get(id) ?? -1] ?? `image ${id}, which is gone`
  const { against } = previewVerdict(others, verdict)
  const named = against.slice(0, mostNamed).map((other) => {
    const line = lineOf.get(keyOf(other))
    return line === undefined
      ? `the project on ${nameOf(other.a)} and ${nameOf(other.b)}`
      : `line ${line}`
  })
  const more = against.length > mostNamed ? ` and ${against.length - mostNamed} more` : ''
  const who = `${named.join(', ')}${more}`
  return verdict.verdict === 'different'
    ? `says different, but a chain of “same” joins the two images: ${who}; it is left out`
    : `says ${verdict.verdict}, but that would join images that are called different: ${who}; it is left out`
}

function commandOf(changes: readonly Verdict[]): LibraryCommand | null {
  if (changes.length === 0) return null
  const commands = verdictKinds.flatMap((kind): LibraryCommand[] => {
    const pairs = changes.filter(({ verdict }) => verdict === kind).flatMap(({ a, b }) => [a, b])
    return pairs.length > 0
      ? [{ kind: 'verdict', pairs: Int32Array.from(pairs), verdict: kind }]
      : []
  })
  const count = changes.length === 1 ? '1 verdict' : `${changes.length} verdicts`
  return { kind: 'together', title: `Import ${count}`, commands }
}

interface Line {
  readonly line: number
  readonly fields: Partial<Record<Column, string>>
}

function linesOf(text: string): readonly Line[] {
  let records: { record: readonly string[]; info: { lines: number } }[]
  try {
    records = parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as typeof records
  } catch (cause) {
    // What follows is the text of the file itself, which may be anything.
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split(', value is')
    throw new WorkbenchError('bad-request', `The table is no CSV: ${reason}.`, { cause })
  }
  const [head, ...rest] = records
  const names = head?.record.map((name) => columns.find((column) => column === name.trim())) ?? []
  for (const needed of ['verdict', 'first', 'second'] as const)
    if (!names.includes(needed))
      throw new WorkbenchError(
        'bad-request',
        `The first line of the table is “${head?.record.join(',') ?? ''}”. It must name the columns ` +
          'verdict, first and second, such as “verdict,first,second”.',
      )
  return rest.map(({ record, info }) => ({
    line: info.lines,
    fields: Object.fromEntries(
      names.flatMap((name, i) => (name === undefined ? [] : [[name, record[i] ?? '']])),
    ),
  }))
}

/** The verdict of a line, or what is wrong with it. */
function verdictIn(fields: Line['fields'], idOf: ImageFinder): Verdict | string {
  const kind = verdictKinds.find((known) => known === fields.verdict?.trim())
  if (kind === undefined || kind === 'none') {
    const names = verdictKinds.filter((known) => known !== 'none').join(', ')
    return `has the verdict “${fields.verdict ?? ''}”, but must have one of ${names}`
  }
  const first = idOf(fields.first ?? '', fields.first_hash ?? '', fields.first_id ?? '')
  const second = idOf(fields.second ?? '', fields.second_hash ?? '', fields.second_id ?? '')
  if (typeof first === 'string') return first
  if (typeof second === 'string') return second
  if (first === second) return 'judges an image against itself'
  return { a: Math.min(first, second), b: Math.max(first, second), verdict: kind }
}

type ImageFinder = (path: string, hash: string, id: string) => ImageId | string

/** By path and bytes, then by path, then by bytes that only one file has, then by the id of one that is gone. */
function imageFinder(table: ImageTable): ImageFinder {
  const byPath = new Map<string, number[]>()
  const byHash = new Map<string, number[]>()
  table.ids.forEach((_, row) => {
    const path = table.paths[row] ?? ''
    const hash = table.hashes[row] ?? ''
    byPath.set(path, [...(byPath.get(path) ?? []), row])
    byHash.set(hash, [...(byHash.get(hash) ?? []), row])
  })
  const known = new Set(table.ids)
  const most = Math.max(0, ...table.ids)
  return (path, hash, id) => {
    const atPath = byPath.get(path) ?? []
    const ofHash = hash === '' ? [] : (byHash.get(hash) ?? [])
    const both = atPath.filter((row) => ofHash.includes(row))
    for (const rows of [both, atPath, ofHash]) {
      if (rows.length === 1) return table.ids[rows[0] ?? 0] ?? 0
      if (rows.length > 1)
        return `names “${path || hash}”, which ${rows.length} images are called; the project must tell them apart`
    }
    const number = Number(id)
    const wasHere = path === '' && Number.isInteger(number) && number > 0 && number < most
    if (wasHere && !known.has(number)) return number
    return `names “${path || hash || id}”, which is no image of the project`
  }
}

function keyOf({ a, b }: Pick<Verdict, 'a' | 'b'>): string {
  return `${a} ${b}`
}

function rowsById({ ids }: ImageTable): ReadonlyMap<ImageId, number> {
  return new Map(Array.from(ids, (id, row) => [id, row]))
}

function quoted(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
