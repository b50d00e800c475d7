import sharp from 'sharp'
import type { Sharp } from 'sharp'

/** Images with more pixels are refused: decoded they would fill the memory. */
export const mostPixels = 100_000_000

/** Larger files are refused unread. */
export const mostBytes = 512 * 1024 * 1024

/** File names that are taken for images, lower case. Those that sharp cannot read are reported. */
const imageExtensions = new Set(
  ('jpg jpeg jpe jfif png webp gif avif tif tiff svg ' + 'heic heif bmp jxl jp2 psd ico').split(
    ' ',
  ),
)

export function hasImageName(name: string): boolean {
  const dot = name.lastIndexOf('.')
  return dot > 0 && imageExtensions.has(name.slice(dot + 1).toLowerCase())
}

/**
 * A decoder of one image: first frame, turned as its EXIF says, 8-bit sRGB on white. Damaged data is
 * an error, not a grey area.
 */
export function decoderOf(image: Uint8Array | string): Sharp {
  return sharp(image, { failOn: 'truncated', limitInputPixels: mostPixels, animated: false })
    .rotate()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
}

/** The square in the middle of an image, as RGB bytes `[size, size, 3]`. */
export async function squareOf(image: Uint8Array | string, size: number): Promise<Uint8Array> {
  const decoder = decoderOf(image).resize(size, size, { fit: 'cover', kernel: 'lanczos3' })
  return decoder.removeAlpha().raw().toBuffer()
}

/** Why an image cannot be read, as a sentence for people. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return 'Antipode may not read it.'
  if (code === 'ENOENT') return 'It is no longer there.'
  if (/pixel limit/i.test(text)) return `It has more than ${mostPixels / 1e6} megapixels.`
  if (/unsupported image format|no decode|not a known/i.test(text))
    return 'Its format is not one that Antipode reads, or it is no image at all.'
  if (/premature end|truncat|unexpected end|not enough data|end of stream/i.test(text))
    return 'It is cut short.'
  const [first = text] = text.split('\n')
  return `It cannot be decoded (${first.trim()}).`
}
