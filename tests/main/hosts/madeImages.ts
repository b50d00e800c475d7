import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { random } from '../../../src-main/numeric/random.ts'

/**
 * Makes a folder of small pictures: each label has a colour of its own, each image a blot at a place
 * of its own. The same seed makes the same bytes.
 */
export async function makeImages(
  folder: string,
  options: { readonly labels: number; readonly imagesPerLabel: number; readonly size?: number },
): Promise<void> {
  const { labels, imagesPerLabel, size = 24 } = options
  for (let label = 0; label < labels; label++) {
    const place = join(folder, `label ${label}`)
    await mkdir(place, { recursive: true })
    for (let i = 0; i < imagesPerLabel; i++) {
      const bytes = await pictureOf(label, i, size)
      await writeFile(join(place, `${i}.png`), bytes)
    }
  }
}

async function pictureOf(label: number, i: number, size: number): Promise<Buffer> {
  const stream = random(label * 1000 + i, 'made image')
  const hue = random(label, 'made label')
  const colour = [hue.integer(256), hue.integer(256), hue.integer(256)]
  const [x, y] = [stream.integer(size), stream.integer(size)]
  const pixels = Buffer.alloc(size * size * 3)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const isBlot = Math.hypot(row - y, column - x) < size / 4
      for (let channel = 0; channel < 3; channel++) {
        const base = isBlot ? 255 - (colour[channel] ?? 0) : (colour[channel] ?? 0)
        pixels[(row * size + column) * 3 + channel] = Math.min(255, base + stream.integer(20))
      }
    }
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer()
}
