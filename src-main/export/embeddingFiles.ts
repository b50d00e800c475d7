import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { writeNpy } from '../numeric/npy.ts'

export interface ExportedRows {
  /** `[images, dim]` */
  readonly data: Float32Array
  readonly dim: number
  /** In the order of the rows. */
  readonly paths: readonly string[]
  readonly labels: Int32Array
  readonly labelNames: readonly string[]
}

export const embeddingFileNames = ['embeddings.npy', 'embeddings.csv'] as const

/** Lines that are put together before they are written. */
const linesAtOnce = 1000

/**
 * Writes `embeddings.npy`, `[images, dim]`, and `embeddings.csv` (RFC 4180: file, label, then one
 * column a dimension), rows in the same order.
 */
export async function writeEmbeddingFiles(folder: string, rows: ExportedRows): Promise<void> {
  const shape = [rows.paths.length, rows.dim]
  await writeNpy(join(folder, 'embeddings.npy'), { data: rows.data, shape })
  const path = join(folder, 'embeddings.csv')
  await pipeline(Readable.from(linesOf(rows)), createWriteStream(`${path}.part`, { flush: true }))
  await rename(`${path}.part`, path)
}

function* linesOf({ data, dim, paths, labels, labelNames }: ExportedRows): Generator<string> {
  const columns = Array.from({ length: dim }, (_, d) => `x${d}`)
  let lines = [['file', 'label', ...columns].join(',')]
  for (const [i, path] of paths.entries()) {
    const label = labelNames[labels[i] ?? -1] ?? ''
    const values = data.subarray(i * dim, i * dim + dim)
    // Nine digits give the same float32 back.
    lines.push(`${quoted(path)},${quoted(label)},${Array.from(values, nineDigits).join(',')}`)
    if (lines.length < linesAtOnce) continue
    yield `${lines.join('\r\n')}\r\n`
    lines = []
  }
  if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`
}

function nineDigits(value: number): string {
  return String(Number(value.toPrecision(9)))
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
