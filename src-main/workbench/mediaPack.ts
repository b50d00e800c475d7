import { readWhole } from '../data/readWhole.ts'

/** More than a window shows at once; longer addresses are refused by servers. */
const mostInPack = 256
/** A thumbnail is a few kilobytes. */
const mostBytes = 4 * 1024 ** 2

export const packContentType = 'application/octet-stream'

/**
 * Many thumbnails as one answer: a grid that is scrolled needs a hundred at once, and a request of its
 * own costs each of them more than reading it.
 *
 * @param path `thumbs/` and up to 256 hashes, one after the other
 * @returns for each its length in bytes as a little-endian uint32, 0 for what is missing, and then its
 *   bytes; null for any other path
 */
export function mediaPackOf(
  path: string,
  thumbnailOf: (hash: string) => string,
): Promise<Uint8Array> | null {
  const [, hashes] = /^thumbs\/((?:[0-9a-f]{16})+)$/.exec(path) ?? []
  if (hashes === undefined || hashes.length > 16 * mostInPack) return null
  return pack((hashes.match(/.{16}/g) ?? []).map(thumbnailOf))
}

async function pack(paths: readonly string[]): Promise<Uint8Array> {
  const files = await Promise.all(paths.map((path) => bytesAt(path)))
  return Buffer.concat(
    files.flatMap((bytes) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.length)
      return [length, bytes]
    }),
  )
}

async function bytesAt(path: string): Promise<Buffer> {
  const nothing = Buffer.alloc(0)
  try {
    return (await readWhole(path, mostBytes)).bytes ?? nothing
  } catch {
    return nothing
  }
}
