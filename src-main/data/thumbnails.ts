import { randomUUID } from 'node:crypto'
import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContentHash } from '../contract/images.ts'
import { decoderOf } from './decode.ts'

/** Longest side of a thumbnail, px. */
const thumbnailSize = 128

/** Thumbnails lie in 256 folders, so that none gets too large. */
export function thumbnailPath(folder: string, hash: ContentHash): string {
  return join(folder, hash.slice(0, 2), `${hash}.webp`)
}

/**
 * Decodes an image and writes its thumbnail.
 *
 * @returns the size of the image as it is seen, px
 * @throws what sharp throws when the image is damaged
 */
export async function makeThumbnail(
  image: Uint8Array,
  folder: string,
  hash: ContentHash,
): Promise<{ readonly width: number; readonly height: number }> {
  const decoder = decoderOf(image)
  const { width, height } = (await decoder.metadata()).autoOrient
  const path = thumbnailPath(folder, hash)
  const known = await stat(path).catch(() => null)
  if (known === null) {
    await mkdir(join(folder, hash.slice(0, 2)), { recursive: true })
    // Two files with the same bytes may be under way at once: each has a draft of its own.
    const draft = `${path}.${randomUUID()}.part`
    await decoder
      .resize(thumbnailSize, thumbnailSize, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82, effort: 1 })
      .toFile(draft)
    await rename(draft, path)
  }
  return { width, height }
}
