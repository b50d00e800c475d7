import type { ContentHash, ImageId } from '../../src-main/contract/images.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import { bridge } from './bridge.ts'

/** Small picture of an image, by the bytes it was made from. */
export function thumbUrl(hash: ContentHash): string {
  return `${base()}thumb/${hash}`
}

/** Many small pictures in one answer; `readThumbPack` reads it. */
export function thumbPackUrl(hashes: readonly ContentHash[]): string {
  return `${base()}thumbs/${hashes.join('')}`
}

/** The image itself. */
export function imageUrl(id: ImageId): string {
  return `${base()}image/${id}`
}

/** A file that an export wrote; only the web host offers it, since its folder may be elsewhere. */
export function exportUrl(run: RunId, file: string): string {
  return `${base()}export/${run}/${file.split('/').map(encodeURIComponent).join('/')}`
}

/** Electron serves pictures by a protocol of its own, the web host under the same origin. */
function base(): string {
  return bridge() === null ? '/media/' : 'media://'
}
