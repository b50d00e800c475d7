import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { ContentHash } from '../contract/images.ts'
import { decoderOf, plainDecoderOf } from './decode.ts'
import { plainJpegSize } from './plainJpeg.ts'
import { pngSizeOf } from './pngSize.ts'
import { readPlainPng } from './smallPng.ts'
import { thumbnailPath } from './thumbnailPath.ts'
import type { ThumbnailKind } from './thumbnailPath.ts'

/** Longest side of a thumbnail, px. */
const thumbnailSize = 128
/** A larger PNG of so few pixels carries something else than the picture. */
const smallBytes = 32 * 1024

/** The thumbnails of a project. */
export class Thumbnails {
  private readonly folder: string
  private readonly known: Set<ContentHash>
  /** Subfolders that exist. */
  private readonly subfolders: Set<string>

  private constructor(folder: string, known: Set<ContentHash>, subfolders: Set<string>) {
    this.folder = folder
    this.known = known
    this.subfolders = subfolders
  }

  /** @param folder made with the first thumbnail */
  static async open(folder: string): Promise<Thumbnails> {
    const known = new Set<ContentHash>()
    const subfolders = await namesIn(folder)
    for (const subfolder of subfolders)
      for (const name of await namesIn(join(folder, subfolder)))
        if (/\.(webp|png|jpg)$/.test(name)) known.add(name.slice(0, name.lastIndexOf('.')))
    return new Thumbnails(folder, known, new Set(subfolders))
  }

  has(hash: ContentHash): boolean {
    return this.known.has(hash)
  }

  /**
   * Decodes an image, all of it, and writes its thumbnail unless there is one.
   *
   * @returns the size of the image as it is seen, px
   * @throws what sharp throws when the image is damaged; WorkbenchError `io` when the thumbnail cannot
   *   be written
   */
  async make(
    image: Buffer,
    hash: ContentHash,
  ): Promise<{ readonly width: number; readonly height: number }> {
    if (isSmall(image)) return this.keep(image, hash)
    const plain = plainJpegSize(image)
    const decoder = plain ? plainDecoderOf(image) : decoderOf(image)
    const { width, height } = plain ?? (await decoder.metadata()).autoOrient
    if (!this.known.has(hash)) {
      const kind = isJpeg(image) ? 'jpg' : 'webp'
      decoder.resize(thumbnailSize, thumbnailSize, { fit: 'inside', withoutEnlargement: true })
      if (kind === 'jpg') decoder.jpeg({ quality: 86 })
      else decoder.webp({ quality: 82, effort: 1 })
      this.write(hash, await decoder.toBuffer(), kind)
    }
    return { width, height }
  }

  /** A tenth of the work: what is small already is only checked. */
  private async keep(
    image: Buffer,
    hash: ContentHash,
  ): Promise<{ readonly width: number; readonly height: number }> {
    const size = readPlainPng(image) ?? (await decodedSizeOf(image))
    if (!this.known.has(hash)) this.write(hash, image, 'png')
    return size
  }

  /** At once: a few kilobytes for the system's cache are written sooner than a thread takes them over. */
  private write(hash: ContentHash, thumbnail: Uint8Array, kind: ThumbnailKind): void {
    const path = thumbnailPath(this.folder, hash, kind)
    const subfolder = hash.slice(0, 2)
    const draft = `${path}.part`
    try {
      if (!this.subfolders.has(subfolder)) {
        mkdirSync(join(this.folder, subfolder), { recursive: true })
        this.subfolders.add(subfolder)
      }
      writeFileSync(draft, thumbnail)
      renameSync(draft, path)
      this.known.add(hash)
    } catch (cause) {
      throw new WorkbenchError(
        'io',
        `Thumbnails cannot be written to ${this.folder}: ${String(cause)}. ` +
          'Check that the disk has room, then open the folder again.',
        { cause },
      )
    }
  }
}

/** Throws what sharp throws when the image is damaged. */
async function decodedSizeOf(
  image: Uint8Array,
): Promise<{ readonly width: number; readonly height: number }> {
  const { info } = await decoderOf(image).raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height }
}

function isJpeg(image: Uint8Array): boolean {
  return image[0] === 0xff && image[1] === 0xd8
}

function isSmall(image: Uint8Array): boolean {
  const size = pngSizeOf(image)
  if (size === null || image.length > smallBytes) return false
  return Math.max(size.width, size.height) <= thumbnailSize
}

/** None if the folder is missing. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}
