import { readFile } from 'node:fs/promises'
import { WorkbenchError } from '../../contract/errors.ts'
import { ProjectStore } from '../../data/projectStore.ts'
import { writeFileSafely } from '../../numeric/writeSafely.ts'
import { readVerdictTable, verdictTable } from '../../workbench/verdictTable.ts'
import { readFlags, textOf } from './flags.ts'
import type { Flags } from './flags.ts'
import { projectFolderOf } from './runPlace.ts'
import { pathFrom } from './terminal.ts'

/** `review export` and `review import FILE`. Returns the exit code: 2 when lines were left out. */
export async function reviewCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, {
    project: { type: 'string' },
    out: { type: 'string' },
    replace: { type: 'boolean' },
    check: { type: 'boolean' },
  })
  const [what, file, ...more] = flags.positionals
  const isExport = what === 'export' && file === undefined
  const isImport = what === 'import' && file !== undefined && more.length === 0
  if (!isExport && !isImport)
    throw new WorkbenchError(
      'bad-request',
      'Say what to do: antipode review export --project DIR [--out FILE], or antipode review import ' +
        'FILE --project DIR [--replace] [--check]',
    )
  const text = isImport && file !== undefined ? await textIn(file) : null
  const store = ProjectStore.open(folderIn(flags), () => new Date())
  try {
    return text === null ? await exportFrom(store, flags) : importInto(store, text, flags)
  } finally {
    store.close()
  }
}

async function exportFrom(store: ProjectStore, flags: Flags): Promise<number> {
  const verdicts = store.verdicts()
  const table = store.images()
  const text = verdictTable(verdicts, table)
  const out = textOf(flags, 'out')
  if (out === undefined) process.stdout.write(text)
  else await writeFileSafely(pathFrom(out), text)
  const here = new Set(table.ids)
  const gone = verdicts.filter(({ a, b }) => !here.has(a) || !here.has(b)).length
  const note = gone > 0 ? `, ${gone} of them on images that are gone` : ''
  process.stderr.write(`${counted(verdicts.length, 'verdict')}${note}\n`)
  return 0
}

/** With `--check` nothing is taken in. */
function importInto(store: ProjectStore, text: string, flags: Flags): number {
  const isReplacing = flags.values['replace'] === true
  const isCheck = flags.values['check'] === true
  const { report, command } = readVerdictTable(text, store.images(), store.verdicts(), isReplacing)
  if (command && !isCheck) store.journal.run(command)
  const { rows, changed, unchanged, onGone, problems } = report
  for (const { line, message } of problems) process.stderr.write(`line ${line} ${message}.\n`)
  process.stderr.write(
    `${counted(rows, 'line')}: ${changed} ${isCheck ? 'would be taken in' : 'taken in'}, ` +
      `${unchanged} known already, ` +
      `${problems.length} reported${onGone > 0 ? `; ${onGone} on images that are gone` : ''}\n`,
  )
  return problems.length > 0 ? 2 : 0
}

function folderIn(flags: Flags): string {
  const project = textOf(flags, 'project')
  if (project !== undefined) return projectFolderOf(project)
  throw new WorkbenchError(
    'bad-request',
    'Name the project: --project DIR, its own folder or that of its images.',
  )
}

async function textIn(file: string): Promise<string> {
  const path = pathFrom(file)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new WorkbenchError('not-found', `The file ${path} cannot be read.`, { cause })
  }
}

function counted(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what}s`
}
