import { orientationOf } from './exif.ts'

/** Markers of a frame's header (ITU-T T.81, table B.1), without those of lossless and arithmetic coding. */
const frames = new Set([0xc0, 0xc1, 0xc2])
const app1 = 0xe1
const app2 = 0xe2
const startOfScan = 0xda
const upright = 1

/**
 * Reads the head of a JPEG that looks on the screen as its samples say: 8 bits, grey or three colours,
 * not turned by EXIF, without a colour profile. Such a one needs none of the steps that a decoder
 * takes for the others.
 *
 * @returns its size, px; null for any other file
 */
export function plainJpegSize(
  image: Buffer,
): { readonly width: number; readonly height: number } | null {
  if (image[0] !== 0xff || image[1] !== 0xd8) return null
  let size: { readonly width: number; readonly height: number } | null = null
  // Each segment: 0xff, its marker, its length with the two bytes of the length, its bytes.
  for (let at = 2; at + 4 <= image.length && image[at] === 0xff;) {
    const marker = image[at + 1] ?? 0
    if (marker === startOfScan) return size
    const end = at + 2 + image.readUInt16BE(at + 2)
    const body = image.subarray(at + 4, end)
    if (marker === app1 && startsWith(body, 'Exif\0') && orientationOf(body) !== upright)
      return null
    if (marker === app2 && startsWith(body, 'ICC_PROFILE\0')) return null
    if (frames.has(marker)) size = frameSize(body)
    at = end
  }
  return null
}

/** Bits of a sample, height, width, components. A height of 0 is only told after the picture. */
function frameSize(body: Buffer): { readonly width: number; readonly height: number } | null {
  if (body.length < 6) return null
  const [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)]
  const isPlain = body[0] === 8 && (body[5] === 1 || body[5] === 3)
  return isPlain && width > 0 && height > 0 ? { width, height } : null
}

function startsWith(body: Buffer, text: string): boolean {
  return body.toString('latin1', 0, text.length) === text
}
