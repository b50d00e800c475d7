import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { WorkbenchError } from '../contract/errors.ts'
import type { ContentHash } from '../contract/images.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { contentHashOf, reasonOf, squareOf } from './decode.ts'
import { tryLock } from './fileLock.ts'
import { mapInOrder } from './mapInOrder.ts'
import { leavePixelsOnDisk, readPixels } from './pixelFile.ts'
import type { Pixels } from './pixelFile.ts'

export type { Pixels } from './pixelFile.ts'

export interface PixelsRequest {
  /** Shared by all runs of a project; made if missing. */
  readonly folder: string
  /** Side, px. */
  readonly size: number
  readonly images: { readonly hashes: readonly ContentHash[]; readonly paths: readonly string[] }
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
  /** Up to this size the pixels are held in memory; beyond it each is read when it is asked for. */
  readonly mostBytesInMemory?: number
}

/** Images that are decoded between two writes of the index. */
const imagesPerWrite = 2000

/**
 * Opens `<size>.u8`, one square after the other, and `<size>.json`, which says whose they are;
 * decodes what is missing. The file only grows, and its index is written after it, so that a crash
 * costs at most the last squares. Of several processes, one decodes while the others wait.
 *
 * @throws WorkbenchError `io` when images cannot be read any more or have changed, after all others
 *   have been kept; `cancelled` when the signal aborts
 */
export async function openPixels(request: PixelsRequest): Promise<Pixels> {
  const { folder, size, images, mostBytesInMemory = 1.5 * 1024 ** 3 } = request
  await mkdir(folder, { recursive: true })
  const dataFile = join(folder, `${size}.u8`)
  const rows = await completeRows(request, dataFile)
  const rowOf = images.hashes.map((hash) => rows.get(hash) ?? 0)
  return new Set(rowOf).size * size * size * 3 <= mostBytesInMemory
    ? readPixels(dataFile, size, rowOf)
    : leavePixelsOnDisk(dataFile, size, rowOf)
}

async function completeRows(
  request: PixelsRequest,
  dataFile: string,
): Promise<ReadonlyMap<ContentHash, number>> {
  const { folder, size, images, signal } = request
  const indexFile = join(folder, `${size}.json`)
  const known = await readIndex(indexFile, dataFile, size)
  if (images.hashes.every((hash) => known.has(hash))) return known
  const unlock = await lock(join(folder, `${size}.lock`), signal)
  try {
    // Whoever held the lock may have decoded some of it.
    const rows = await readIndex(indexFile, dataFile, size)
    await decodeMissing(request, rows, dataFile)
    return rows
  } finally {
    unlock()
  }
}

async function lock(file: string, signal: AbortSignal | undefined): Promise<() => void> {
  for (;;) {
    const unlock = tryLock(file)
    if (unlock) return unlock
    if (signal?.aborted) throw cancelled()
    await setTimeout(100)
  }
}

const indexSchema = z.object({ version: z.literal(1), hashes: z.array(z.string()) })

/** Rows by hash. An index that is missing, broken or longer than its data is started anew. */
async function readIndex(
  file: string,
  dataFile: string,
  size: number,
): Promise<Map<ContentHash, number>> {
  try {
    const { hashes } = indexSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    const { size: length } = await stat(dataFile)
    if (length < hashes.length * size * size * 3) return new Map()
    return new Map(hashes.map((hash, row) => [hash, row]))
  } catch {
    return new Map()
  }
}

/** Appends what `rows` lacks to the data, and to `rows`. */
async function decodeMissing(
  { folder, size, images, onProgress, signal }: PixelsRequest,
  rows: Map<ContentHash, number>,
  dataFile: string,
): Promise<void> {
  const missing = new Map<ContentHash, string>()
  images.hashes.forEach((hash, i) => {
    if (!rows.has(hash)) missing.set(hash, images.paths[i] ?? '')
  })
  if (missing.size === 0) return
  const bytes = size * size * 3
  const failures: string[] = []
  const data = await open(dataFile, rows.size === 0 ? 'w' : 'r+')
  const writeIndex = async () => {
    await data.sync()
    const index = { version: 1, hashes: [...rows.keys()] }
    await writeFileSafely(join(folder, `${size}.json`), JSON.stringify(index))
  }
  try {
    let done = 0
    const decode = async ([hash, path]: [ContentHash, string]) => ({
      hash,
      path,
      square: await squareAt(path, hash, size),
    })
    for await (const { hash, path, square } of mapInOrder([...missing], decode)) {
      if (signal?.aborted) throw cancelled()
      if (typeof square === 'string') failures.push(`${path}: ${square}`)
      else {
        await data.write(square, 0, bytes, rows.size * bytes)
        rows.set(hash, rows.size)
      }
      done += 1
      if (done % imagesPerWrite === 0) await writeIndex()
      if (done % 50 === 0 || done === missing.size) onProgress?.(done, missing.size)
    }
  } finally {
    await writeIndex()
    await data.close()
  }
  const [first] = failures
  if (first !== undefined)
    throw new WorkbenchError(
      'io',
      `${failures.length} of ${images.paths.length} images cannot be read any more, such as ` +
        `${first} Open the folder again, so that they are left out.`,
    )
}

/** A square, or why there is none. */
async function squareAt(
  path: string,
  hash: ContentHash,
  size: number,
): Promise<Uint8Array | string> {
  try {
    const bytes = await readFile(path)
    if (contentHashOf(bytes) !== hash) return 'The file has changed since it was scanned.'
    return await squareOf(bytes, size)
  } catch (error) {
    return reasonOf(error)
  }
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'Stopped while decoding images.')
}
