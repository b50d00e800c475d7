import { join } from 'node:path'
import type { ContentHash } from '../contract/images.ts'

/** Thumbnails lie in 256 folders, so that none gets too large. */
export function thumbnailPath(folder: string, hash: ContentHash): string {
  return join(folder, hash.slice(0, 2), `${hash}.webp`)
}
