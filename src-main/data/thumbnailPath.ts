import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ContentHash } from '../contract/images.ts'

/**
 * A PNG that is small already is its own thumbnail. That of a JPEG is one too, as it is written in a
 * third of the time; all others are WebP, which keeps edges sharp.
 */
export type ThumbnailKind = 'webp' | 'png' | 'jpg'

/** Thumbnails lie in 256 folders, so that none gets too large. */
export function thumbnailPath(folder: string, hash: ContentHash, kind: ThumbnailKind): string {
  return join(folder, hash.slice(0, 2), `${hash}.${kind}`)
}

/** Of whichever kind there is. */
export function findThumbnail(folder: string, hash: ContentHash): string {
  const found = (['png', 'jpg'] as const)
    .map((kind) => thumbnailPath(folder, hash, kind))
    .find((path) => existsSync(path))
  return found ?? thumbnailPath(folder, hash, 'webp')
}
