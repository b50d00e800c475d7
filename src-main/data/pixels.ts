import { open, mkdir, readFile, stat } from 'node:fs/promises'
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { WorkbenchError } from '../contract/errors.ts'
import type { ContentHash } from '../contract/images.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { reasonOf, squareOf } from './decode.ts'
import { mapInOrder } from './mapInOrder.ts'

/** Squares of all images of a run, decoded once and kept as bytes. */
export interface Pixels {
  /** Side, px. */
  readonly size: number
  /** RGB bytes of an image, `[size, size, 3]`; valid until the next call. */
  pixelsOf(image: number): Uint8Array
  dispose(): void
}

export interface PixelsRequest {
  /** Shared by all runs of a project; made if missing. */
  readonly folder: string
  /** Side, px. */
  readonly size: number
  readonly images: { readonly hashes: readonly ContentHash[]; readonly paths: readonly string[] }
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** Up to this size the pixels of a run are held in memory; beyond it they are read row by row. */
const mostBytesInMemory = 1.5 * 1024 ** 3

/** Images that are decoded between two writes of the index. */
const imagesPerWrite = 2000

/**
 * Opens `<size>.u8`, one square after the other, and `<size>.json`, which says whose they are;
 * decodes what is missing. The file only grows, and its index is written after it, so that a crash
 * costs at most the last squares.
 *
 * @throws WorkbenchError `io` when images cannot be read any more, `cancelled` when the signal aborts
 */
export async function openPixels(request: PixelsRequest): Promise<Pixels> {
  const { folder, size, images } = request
  await mkdir(folder, { recursive: true })
  const dataFile = join(folder, `${size}.u8`)
  const rows = await readIndex(join(folder, `${size}.json`), dataFile, size)
  await decodeMissing(request, rows, dataFile)
  const rowOf = images.hashes.map((hash) => rows.get(hash) ?? 0)
  const bytes = size * size * 3
  return new Set(rowOf).size * bytes <= mostBytesInMemory
    ? inMemory(dataFile, size, rowOf)
    : onDisk(dataFile, size, rowOf)
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
    const decode = async ([hash, path]: [ContentHash, string]) => {
      try {
        return { hash, square: await squareOf(path, size) }
      } catch (error) {
        failures.push(`${path}: ${reasonOf(error)}`)
        return null
      }
    }
    for await (const decoded of mapInOrder([...missing], decode)) {
      if (signal?.aborted) throw new WorkbenchError('cancelled', 'Stopped while decoding images.')
      if (decoded) {
        await data.write(decoded.square, 0, bytes, rows.size * bytes)
        rows.set(decoded.hash, rows.size)
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

async function inMemory(dataFile: string, size: number, rowOf: readonly number[]): Promise<Pixels> {
  const bytes = size * size * 3
  const last = rowOf.reduce((most, row) => Math.max(most, row), -1)
  const all = new Uint8Array((last + 1) * bytes)
  const data = await open(dataFile, 'r')
  try {
    // One read moves at most 2 GiB; rows are read in slices well below.
    const slice = Math.max(1, Math.floor(2 ** 28 / bytes)) * bytes
    for (let start = 0; start < all.length; start += slice)
      await data.read(all, start, Math.min(slice, all.length - start), start)
  } finally {
    await data.close()
  }
  return {
    size,
    pixelsOf: (image) => {
      const start = (rowOf[image] ?? 0) * bytes
      return all.subarray(start, start + bytes)
    },
    dispose: () => undefined,
  }
}

function onDisk(dataFile: string, size: number, rowOf: readonly number[]): Pixels {
  const square = new Uint8Array(size * size * 3)
  const file = openSync(dataFile, 'r')
  let isOpen = true
  return {
    size,
    pixelsOf: (image) => {
      readSync(file, square, 0, square.length, (rowOf[image] ?? 0) * square.length)
      return square
    },
    dispose: () => {
      if (isOpen) closeSync(file)
      isOpen = false
    },
  }
}
