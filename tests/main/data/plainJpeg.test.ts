import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { plainJpegSize } from '../../../src-main/data/plainJpeg.ts'
import { cutShort, noisyImage, plainImage, png } from './madeImages.ts'

const photo = () => noisyImage(60, 40)

/** APP1 with one directory of one entry. */
function exifSegment(orientation: number): Buffer {
  const tiff = [...Buffer.from('II*\0'), 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0]
  const body = [...Buffer.from('Exif\0\0'), ...tiff, orientation, 0, 0, 0, 0, 0, 0, 0]
  return Buffer.from([0xff, 0xe1, 0, body.length + 2, ...body])
}

describe('the head of a JPEG', () => {
  it.each([
    ['as it comes', () => photo().jpeg()],
    ['grey', () => photo().greyscale().jpeg()],
    ['progressive', () => photo().jpeg({ progressive: true })],
    [
      'with EXIF that does not turn it',
      () =>
        photo()
          .withExif({ IFD0: { Make: 'Canon' } })
          .jpeg(),
    ],
  ])('tells the size of one that is plain: %s', async (_, make) => {
    expect(plainJpegSize(await make().toBuffer())).toEqual({ width: 60, height: 40 })
  })

  it.each([
    ['with a colour profile', () => photo().withIccProfile('p3').jpeg()],
    ['CMYK', () => plainImage(60, 40, 'red').toColourspace('cmyk').jpeg()],
    ['a PNG', () => photo().png()],
  ])('leaves one that is not to a decoder: %s', async (_, make) => {
    expect(plainJpegSize(await make().toBuffer())).toBeNull()
  })

  it.each([1, 2, 6, 8])('looks at how EXIF turns it: %i', async (orientation) => {
    const jpeg = await photo().jpeg().toBuffer()
    const file = Buffer.concat([jpeg.subarray(0, 2), exifSegment(orientation), jpeg.subarray(2)])
    expect((await sharp(file).metadata()).orientation).toBe(orientation)
    expect(plainJpegSize(file)).toEqual(orientation === 1 ? { width: 60, height: 40 } : null)
  })

  it('says nothing of one that ends in its head, or was never one', async () => {
    const whole = await photo().jpeg().toBuffer()
    const scan = whole.indexOf(Buffer.of(0xff, 0xda))
    for (let length = 0; length < scan; length++)
      expect(plainJpegSize(whole.subarray(0, length)), `${length} bytes`).toBeNull()
    // What comes after the head is the decoder's to judge.
    expect(plainJpegSize(cutShort(whole))).toEqual({ width: 60, height: 40 })
    expect(plainJpegSize(Buffer.from('no picture'))).toBeNull()
    expect(plainJpegSize(await png('red'))).toBeNull()
  })
})
