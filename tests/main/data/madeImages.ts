import { crc32 } from 'node:zlib'
import sharp from 'sharp'

/** One colour, as RGB bytes in a sharp pipeline. */
export function plainImage(width: number, height: number, background: string) {
  return sharp({ create: { width, height, channels: 3, background } })
}

export function png(background: string, width = 40, height = 30): Promise<Buffer> {
  return plainImage(width, height, background).png().toBuffer()
}

/** Noise, which does not compress: a file that can be cut short in the middle of its data. */
export function noisyImage(width: number, height: number) {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  return sharp({ create: { width, height, channels: 3, background: '#000', noise } })
}

export function cutShort(file: Buffer): Buffer {
  return file.subarray(0, Math.floor(file.length * 0.6))
}

/** A few bytes that claim to be a picture of 60,000 × 60,000 px. */
export async function hugeHeader(): Promise<Buffer> {
  const file = Buffer.from(await png('red'))
  const [headerStart, headerEnd] = [12, 29]
  file.writeUInt32BE(60_000, headerStart + 4)
  file.writeUInt32BE(60_000, headerStart + 8)
  file.writeUInt32BE(crc32(file.subarray(headerStart, headerEnd)), headerEnd)
  return file
}

/** A GIF whose first frame has one colour and whose second has another. */
export async function animation(first: string, second: string): Promise<Buffer> {
  const size = 20
  const frames = await Promise.all(
    [first, second].map((colour) => plainImage(size, size, colour).raw().toBuffer()),
  )
  const raw = { width: size, height: 2 * size, channels: 3, pageHeight: size } as const
  return sharp(Buffer.concat(frames), { raw }).gif().toBuffer()
}
