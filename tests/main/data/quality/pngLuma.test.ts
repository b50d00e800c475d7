import sharp from 'sharp'
import { expect, it } from 'vitest'
import { pngLuma } from '../../../../src-main/data/quality/pngLuma.ts'
import { cutShort, noisyImage, plainImage } from '../madeImages.ts'

/** All hues, and from dark to light: what noise alone does not have. */
function colourful() {
  const [width, height] = [61, 37]
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3]
    return [(x * 255) / width, (y * 255) / height, ((x * y) % 64) * 4][channel] ?? 0
  })
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function expected(file: Buffer) {
  return sharp(file)
    .flatten({ background: '#ffffff' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
}

it.each([
  ['RGB, adaptive filters', () => colourful().png({ adaptiveFiltering: true })],
  ['RGB', () => noisyImage(40, 30).png()],
  ['grey', () => colourful().greyscale().png({ adaptiveFiltering: true })],
  ['RGBA', () => colourful().ensureAlpha(0.4).png()],
  ['a palette of 8 bits', () => colourful().png({ palette: true, colours: 200 })],
  ['a palette of 4 bits', () => colourful().png({ palette: true, colours: 12 })],
  ['a palette of 1 bit', () => plainImage(17, 9, '#c04080').png({ palette: true, colours: 2 })],
  ['two greys', () => colourful().greyscale().threshold(90).png({ palette: true, colours: 2 })],
])('is that of the decoder for %s', async (_, make) => {
  const file = await make().toBuffer()
  const { data, info } = await expected(file)
  const luma = pngLuma(file)
  expect(luma).toMatchObject({ width: info.width, height: info.height })
  const apart = Math.max(...data.map((value, i) => Math.abs(value - (luma?.data[i] ?? 999))))
  expect(apart).toBeLessThanOrEqual(1)
})

it('leaves the others to the decoder', async () => {
  const seeThrough = noisyImage(40, 30).ensureAlpha(0.4).png({ palette: true }).toBuffer()
  expect(pngLuma(await seeThrough)).toBeNull()
  expect(pngLuma(await noisyImage(40, 30).toColourspace('rgb16').png().toBuffer())).toBeNull()
  expect(pngLuma(await noisyImage(40, 30).jpeg().toBuffer())).toBeNull()
  expect(pngLuma(cutShort(await noisyImage(40, 30).png().toBuffer()))).toBeNull()
})
