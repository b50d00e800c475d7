import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ContentHash } from '../contract/images.ts'

/** A PNG that is small already is its own thumbnail; all others are WebP. */
export type ThumbnailKind = 'webp' | 'png'

/** Thumbnails lie in 256 folders, so that none gets too large. */
export function thumbnailPath(folder: string, hash: ContentHash, kind: ThumbnailKind): string {
  return join(folder, hash.slice(0, 2), `${hash}.${kind}`)
}

/** Of whichever kind there is. */
export function findThumbnail(folder: string, hash: ContentHash): string {
  const png = thumbnailPath(folder, hash, 'png')
  return existsSync(png) ? png : thumbnailPath(folder, hash, 'webp')
}
