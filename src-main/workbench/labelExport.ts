import { copyFile, link, mkdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { ImageTable } from '../contract/images.ts'
import { handSplits } from '../contract/journal.ts'
import type {
  LabelExportProgress,
  LabelExportRequest,
  LabelExportResult,
} from '../contract/labelFiles.ts'
import { reasonOf } from '../data/decode.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'

export interface LabelledImages {
  readonly table: ImageTable
  /** Absolute, in the order of the table. */
  readonly paths: readonly string[]
}

/** A file that an export writes: text, or a copy of an image. */
type Planned =
  | { readonly to: string; readonly from: null; readonly text: string }
  | { readonly to: string; readonly from: string; readonly text: null }

/** As many of a dry run as anyone reads. */
const mostListed = 500

/**
 * Writes the labels of all images that are not in the trash. A file that exists is not overwritten by
 * a copy of an image: it is reported. Source files are never moved or changed.
 *
 * @param folder absolute; made if missing
 */
export async function exportLabels(
  images: LabelledImages,
  { format, files, isDryRun }: LabelExportRequest,
  options: {
    readonly folder: string
    readonly signal: AbortSignal
    readonly onProgress: (progress: LabelExportProgress) => void
  },
): Promise<LabelExportResult> {
  const { folder, signal, onProgress } = options
  const planned = format === 'tree' ? treeOf(images) : [tableOf(images, format)]
  const failed: { path: string; reason: string }[] = []
  let sizeBytes = 0
  for (const [i, file] of planned.entries()) {
    if (signal.aborted) break
    try {
      sizeBytes += file.from === null ? Buffer.byteLength(file.text) : (await stat(file.from)).size
      if (!isDryRun) await write(file, join(folder, file.to), files)
    } catch (error) {
      failed.push({ path: file.to, reason: writeReason(error) })
    }
    if (i % 100 === 99) onProgress({ done: i + 1, total: planned.length })
  }
  return {
    folder,
    count: planned.length - failed.length,
    sizeBytes,
    first: planned.slice(0, mostListed).map(({ to, from }) => ({ to, from })),
    failed,
    isDryRun,
  }
}

async function write(file: Planned, to: string, how: 'copy' | 'link'): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  if (file.from === null) await writeFileSafely(to, file.text)
  else if (how === 'link') await link(file.from, to)
  else await copyFile(file.from, to, exclusive)
}

/** COPYFILE_EXCL: fails where the file exists. */
const exclusive = 1

function writeReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EEXIST') return 'There is another file already; it was left as it is.'
  if (code === 'EXDEV') return 'A hard link cannot lead to another disk. Copy the files instead.'
  if (code === 'ENOSPC') return 'The disk is full.'
  return reasonOf(error)
}

/** Rows of the table that are exported. */
function rowsOf({ ids, trashed }: ImageTable): readonly number[] {
  return [...ids.keys()].filter((row) => trashed[row] !== 1)
}

function tableOf({ table, paths }: LabelledImages, format: 'csv' | 'jsonl'): Planned {
  const { labels, labelRows, splits, excluded } = table
  const records = rowsOf(table).map((row) => {
    const label = labelRows[labels[row] ?? -1]
    return {
      file: table.paths[row] ?? '',
      label: label?.name ?? '',
      group: label?.parent ?? '',
      split: handSplits[splits[row] ?? 0] ?? 'auto',
      excluded: excluded[row] === 1,
      hash: table.hashes[row] ?? '',
      path: paths[row] ?? '',
    }
  })
  if (format === 'jsonl') {
    const lines = records.map((record) => JSON.stringify(record))
    return { to: 'labels.jsonl', from: null, text: `${lines.join('\n')}\n` }
  }
  const head = 'file,label,group,split,excluded,hash,path'
  const lines = records.map((record) => Object.values(record).map(fieldOf).join(','))
  return { to: 'labels.csv', from: null, text: `${[head, ...lines].join('\n')}\n` }
}

/** RFC 4180. */
function fieldOf(value: string | boolean): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** `group/label/name.png`, numbered where names meet; images without a label in `unlabelled`. */
function treeOf({ table, paths }: LabelledImages): readonly Planned[] {
  const { labels, labelRows } = table
  const taken = new Set<string>()
  return rowsOf(table).map((row) => {
    const from = paths[row] ?? ''
    const label = labelRows[labels[row] ?? -1]
    const folders = label
      ? [...(label.parent === null ? [] : [label.parent]), label.name].map(folderName)
      : ['unlabelled']
    const extension = extname(from)
    const stem = basename(from, extension)
    let to = [...folders, `${stem}${extension}`].join('/')
    for (let copy = 2; taken.has(to.toLowerCase()); copy++)
      to = [...folders, `${stem} (${copy})${extension}`].join('/')
    taken.add(to.toLowerCase())
    return { to, from, text: null }
  })
}

/** A label may hold anything; a folder's name may not. */
function folderName(label: string): string {
  const name = label.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_').replace(/^\.+|[. ]+$/g, '_')
  return name === '' ? '_' : name.slice(0, 120)
}
