import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import type { ContentHash } from '../contract/images.ts'

/** Images with more pixels are refused: decoded they would fill the memory. */
const mostPixels = 100_000_000

/** Larger files are refused unread. */
export const mostBytes = 512 * 1024 * 1024

export function contentHashOf(bytes: Uint8Array): ContentHash {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/**
 * A decoder of one image: first frame, turned as its EXIF says, 8-bit sRGB on white. Damaged data is
 * an error, not a grey area.
 *
 * @param image the file's bytes, never its path: sharp keeps what it decoded by path, also when the file
 *   has changed since, and an SVG opened by path may load its neighbours
 */
export function decoderOf(image: Uint8Array): Sharp {
  return plainDecoderOf(image).autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb')
}

/** The same for what is known to be upright, opaque and sRGB: a tenth less work with a small photograph. */
export function plainDecoderOf(image: Uint8Array): Sharp {
  return sharp(image, { failOn: 'error', limitInputPixels: mostPixels, animated: false })
}

/**
 * The square in the middle of an image, as RGB bytes `[size, size, 3]`. The middle and not the whole:
 * bars around an image would be the same in many images, and the easiest thing to learn.
 */
export async function squareOf(image: Uint8Array, size: number): Promise<Uint8Array> {
  const decoder = decoderOf(image).resize(size, size, { fit: 'cover', kernel: 'lanczos3' })
  return decoder.removeAlpha().raw().toBuffer()
}

/** Why a file or folder cannot be read, as a sentence for people. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return 'Antipode has no permission to read it.'
  if (code === 'ENOENT') return 'It is no longer there, or it is a link to nothing.'
  if (code === 'ELOOP') return 'It is a link that leads back to itself.'
  if (code === 'EISDIR') return 'It is a folder with the name of an image.'
  if (/pixel limit|dimensions|too large/i.test(text))
    return `The image has more than ${mostPixels / 1e6} megapixels.`
  if (
    /premature end|truncat|unexpected end|end of file|not enough data|read error|unknown error/i.test(
      text,
    )
  )
    return 'The file is cut short or damaged.'
  if (/unsupported image format|not a known/i.test(text))
    return 'The file is damaged, or it is not an image.'
  const [first = text] = text.split('\n')
  return `The file cannot be decoded (${first.trim()}).`
}
