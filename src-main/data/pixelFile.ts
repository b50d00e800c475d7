import { closeSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** Squares of the images of a run, as bytes. */
export interface Pixels {
  /** Side, px. */
  readonly size: number
  /** RGB bytes of an image, `[size, size, 3]`; valid until the next call. */
  pixelsOf(image: number): Uint8Array
  dispose(): void
}

/** One read moves at most 2 GiB, and may be asked for less. */
const mostBytesAtOnce = 2 ** 28

/**
 * Reads the rows that are asked for, and no others.
 *
 * @param file squares of `size` px, one after the other
 * @param rowOf row of each image; images may share one
 */
export async function readPixels(
  file: string,
  size: number,
  rowOf: readonly number[],
): Promise<Pixels> {
  const bytes = size * size * 3
  const rows = [...new Set(rowOf)].sort((a, b) => a - b)
  const all = new Uint8Array(rows.length * bytes)
  const data = await open(file, 'r')
  try {
    let start = 0
    while (start < rows.length) {
      const first = rows[start] ?? 0
      let count = 1
      while (rows[start + count] === first + count && (count + 1) * bytes <= mostBytesAtOnce)
        count += 1
      const { bytesRead } = await data.read(all, start * bytes, count * bytes, first * bytes)
      if (bytesRead < count * bytes) throw new TypeError(`${file} ends before its index does`)
      start += count
    }
  } finally {
    await data.close()
  }
  const placeOf = new Map(rows.map((row, place) => [row, place]))
  const startOf = Float64Array.from(rowOf, (row) => (placeOf.get(row) ?? 0) * bytes)
  return {
    size,
    pixelsOf: (image) => {
      const start = startOf[image] ?? 0
      return all.subarray(start, start + bytes)
    },
    dispose: () => undefined,
  }
}

/** Like {@link readPixels}, but each image is read from the disk when it is asked for. */
export function leavePixelsOnDisk(file: string, size: number, rowOf: readonly number[]): Pixels {
  const square = new Uint8Array(size * size * 3)
  const data = openSync(file, 'r')
  let isOpen = true
  return {
    size,
    pixelsOf: (image) => {
      readSync(data, square, 0, square.length, (rowOf[image] ?? 0) * square.length)
      return square
    },
    dispose: () => {
      if (isOpen) closeSync(data)
      isOpen = false
    },
  }
}
