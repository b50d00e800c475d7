import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { contentHashOf } from '../../../src-main/data/decode.ts'
import { openPixels } from '../../../src-main/data/pixels.ts'
import type { PixelsRequest } from '../../../src-main/data/pixels.ts'
import { animation, cutShort, noisyImage, plainImage, png } from './madeImages.ts'
import { tempFolder, writeFiles } from './tempFolder.ts'

const size = 8

async function imagesOf(files: Readonly<Record<string, Uint8Array>>) {
  const folder = tempFolder()
  await writeFiles(folder, files)
  return {
    hashes: Object.values(files).map(contentHashOf),
    paths: Object.keys(files).map((name) => join(folder, name)),
  }
}

/** The colour of the middle of each image, and whether images were decoded for it. */
async function coloursOf(request: Omit<PixelsRequest, 'size'>): Promise<{
  readonly colours: readonly (readonly number[])[]
  readonly decoded: number
}> {
  let decoded = 0
  const pixels = await openPixels({ ...request, size, onProgress: (done) => (decoded = done) })
  const middle = ((size / 2) * size + size / 2) * 3
  const colours = request.images.paths.map((_, i) => [
    ...pixels.pixelsOf(i).subarray(middle, middle + 3),
  ])
  pixels.dispose()
  pixels.dispose()
  return { colours, decoded }
}

const [red, lime, blue] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
]

describe('openPixels', () => {
  it('decodes each image once, also where files have the same bytes', async () => {
    const folder = tempFolder()
    const images = await imagesOf({
      a: await png('red'),
      b: await png('lime'),
      'again a': await png('red'),
    })
    const first = await coloursOf({ folder, images })
    expect(first).toEqual({ colours: [red, lime, red], decoded: 2 })
    expect(await coloursOf({ folder, images })).toEqual({ ...first, decoded: 0 })
    expect((await stat(join(folder, '8.u8'))).size).toBe(2 * size * size * 3)
  })

  it('only adds what is missing, and finds some images among many', async () => {
    const folder = tempFolder()
    const images = await imagesOf({
      a: await png('red'),
      b: await png('lime'),
      c: await png('blue'),
      d: await png('white'),
    })
    const part = (...indices: number[]) => ({
      hashes: indices.map((i) => images.hashes[i] as string),
      paths: indices.map((i) => images.paths[i] as string),
    })
    await coloursOf({ folder, images: part(0, 1) })
    expect(await coloursOf({ folder, images: part(2, 1, 3) })).toEqual({
      colours: [blue, lime, [255, 255, 255]],
      decoded: 2,
    })
    for (const mostBytesInMemory of [0, 1e9])
      expect(await coloursOf({ folder, images: part(3, 0, 2, 0), mostBytesInMemory })).toEqual({
        colours: [[255, 255, 255], red, blue, red],
        decoded: 0,
      })
  })

  it('keeps the middle of a picture, upright, on white, as 8-bit RGB of its first frame', async () => {
    const wide = sharp({ create: { width: 90, height: 30, channels: 3, background: 'red' } })
    const middle = { input: await png('blue', 30, 30), left: 30, top: 0 }
    const transparent = { r: 255, g: 0, b: 0, alpha: 0 }
    const images = await imagesOf({
      wide: await wide.composite([middle]).png().toBuffer(),
      clear: await sharp({
        create: { width: 20, height: 20, channels: 4, background: transparent },
      })
        .png()
        .toBuffer(),
      '16 bit': await plainImage(20, 20, 'blue').toColourspace('rgb16').png().toBuffer(),
      grey: await plainImage(20, 20, '#808080').greyscale().png().toBuffer(),
      moving: await animation('#ff0000', '#0000ff'),
    })
    const { colours } = await coloursOf({ folder: tempFolder(), images })
    expect(colours).toEqual([blue, [255, 255, 255], blue, [128, 128, 128], red])
  })

  it('turns a picture as its EXIF says', async () => {
    // Red above blue; turned by 90° clockwise, red is on the right.
    const upright = await plainImage(20, 20, 'blue')
      .composite([{ input: await png('red', 20, 10), left: 0, top: 0 }])
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer()
    const pixels = await openPixels({
      folder: tempFolder(),
      size,
      images: await imagesOf({ upright }),
    })
    const row = pixels.pixelsOf(0).subarray(0, size * 3)
    expect([...row.subarray(0, 3)]).toEqual(blue)
    expect([...row.subarray(-3)]).toEqual(red)
  })

  it('names images that have changed, gone or broken, and keeps all others', async () => {
    const folder = tempFolder()
    const files = {
      good: await png('red'),
      changed: await png('lime'),
      broken: cutShort(await noisyImage(60, 60).png().toBuffer()),
      gone: await png('blue'),
    }
    const images = await imagesOf(files)
    await writeFile(images.paths[1] as string, await png('white'))
    images.paths[3] += ' elsewhere'
    await expect(openPixels({ folder, size, images })).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/^3 of 4 images .*changed since it was scanned/) as string,
    })
    const rest = { hashes: images.hashes.slice(0, 1), paths: images.paths.slice(0, 1) }
    expect(await coloursOf({ folder, images: rest })).toEqual({ colours: [red], decoded: 0 })
  })

  it('drops squares that a crash left behind, and starts anew when its files are damaged', async () => {
    const folder = tempFolder()
    const images = await imagesOf({ a: await png('red'), b: await png('lime') })
    const part = { hashes: images.hashes.slice(0, 1), paths: images.paths.slice(0, 1) }
    await coloursOf({ folder, images: part })

    const data = join(folder, '8.u8')
    await writeFile(data, Buffer.concat([await readFile(data), Buffer.alloc(100, 7)]))
    expect((await coloursOf({ folder, images })).colours).toEqual([red, lime])

    await truncate(data, 10)
    expect(await coloursOf({ folder, images })).toEqual({ colours: [red, lime], decoded: 2 })
    await writeFile(join(folder, '8.json'), '{"version":1,"hash')
    expect(await coloursOf({ folder, images })).toEqual({ colours: [red, lime], decoded: 2 })
  })

  it('lets two runs open the same folder at once', async () => {
    const folder = tempFolder()
    const images = await imagesOf(
      Object.fromEntries(
        await Promise.all(
          Array.from(
            { length: 40 },
            async (_, i) => [`${i}`, await png(`rgb(${i}, 0, 0)`)] as const,
          ),
        ),
      ),
    )
    const expected = images.paths.map((_, i) => [i, 0, 0])
    const both = await Promise.all([coloursOf({ folder, images }), coloursOf({ folder, images })])
    expect(both.map(({ colours }) => colours)).toEqual([expected, expected])
    expect((await stat(join(folder, '8.u8'))).size).toBe(40 * size * size * 3)
  })

  it('stops when it is told to', async () => {
    const images = await imagesOf({ a: await png('red') })
    await expect(
      openPixels({ folder: tempFolder(), size, images, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })
})
