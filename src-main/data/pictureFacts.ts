import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { PictureFacts } from '../contract/images.ts'
import { readExif } from './exif.ts'

/** What a picture's file says of itself; all unknown where it is gone or damaged. */
export async function readPictureFacts(path: string): Promise<PictureFacts> {
  try {
    // The bytes, not the path: sharp keeps what it opened by path, also when the file has changed.
    const { format, exif } = await sharp(await readFile(path)).metadata()
    const facts = exif ? readExif(exif) : { takenAt: null, camera: null }
    return { format, ...facts }
  } catch {
    return { format: null, takenAt: null, camera: null }
  }
}
