import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readExif } from '../../../src-main/data/exif.ts'
import { readPictureFacts } from '../../../src-main/data/pictureFacts.ts'
import { plainImage, png } from './madeImages.ts'
import { tempFolder, writeFiles } from './tempFolder.ts'

const taken = '2024:05:01 18:03:11'

function photo(exif: {
  readonly IFD0?: Record<string, string>
  readonly IFD2?: Record<string, string>
}) {
  return plainImage(16, 12, 'red').withExif(exif)
}

async function blockOf(image: Promise<Buffer>): Promise<Uint8Array> {
  const { exif } = await sharp(await image).metadata()
  return exif ?? new Uint8Array()
}

describe('EXIF', () => {
  it('says when and with which camera a picture was taken', async () => {
    const block = await blockOf(
      photo({ IFD0: { Make: 'Canon', Model: 'Canon EOS R5' }, IFD2: { DateTimeOriginal: taken } })
        .jpeg()
        .toBuffer(),
    )
    const facts = { takenAt: '2024-05-01T18:03:11', camera: 'Canon EOS R5' }
    expect(readExif(block)).toEqual(facts)
    expect(readExif(block.subarray(6))).toEqual(facts)
  })

  it('joins maker and model, and takes the time of the last change where there is no other', async () => {
    const block = await blockOf(
      photo({ IFD0: { Make: 'NIKON CORPORATION', Model: 'D850', DateTime: taken } })
        .webp()
        .toBuffer(),
    )
    expect(readExif(block)).toEqual({
      takenAt: '2024-05-01T18:03:11',
      camera: 'NIKON CORPORATION D850',
    })
  })

  it('is read in the other order of bytes as well', () => {
    // One directory with one entry: the model, in the four bytes of the entry itself.
    const block = Buffer.from(
      'MM\0*\0\0\0\x08\0\x01\x01\x10\0\x02\0\0\0\x04A7 \0\0\0\0\0',
      'latin1',
    )
    expect(readExif(block)).toEqual({ takenAt: null, camera: 'A7' })
  })

  it('takes nothing from a clock that was never set, nor from what is damaged', async () => {
    const unset = photo({ IFD0: { DateTime: '0000:00:00 00:00:00' } })
    const none = { takenAt: null, camera: null }
    expect(readExif(await blockOf(unset.jpeg().toBuffer()))).toEqual(none)
    const block = Buffer.from(
      await blockOf(
        photo({ IFD0: { Make: 'Canon' }, IFD2: { DateTimeOriginal: taken } })
          .jpeg()
          .toBuffer(),
      ),
    )
    for (let length = 0; length < block.length; length++)
      expect(readExif(block.subarray(0, length)).takenAt ?? '2024-05-01T18:03:11').toBe(
        '2024-05-01T18:03:11',
      )
    for (let at = 6; at < block.length; at++) {
      const bent = Buffer.from(block)
      bent[at] = 0xff
      expect(() => readExif(bent)).not.toThrow()
    }
  })
})

describe('readPictureFacts', () => {
  it('reads a file, and knows nothing of one that is damaged or gone', async () => {
    const folder = tempFolder()
    await writeFiles(folder, { 'a.png': await png('red'), 'torn.jpg': 'torn' })
    await writeFile(
      join(folder, 'b.jpg'),
      await photo({ IFD0: { Model: 'X100' } })
        .jpeg()
        .toBuffer(),
    )
    const nothing = { format: null, takenAt: null, camera: null }
    expect(await readPictureFacts(join(folder, 'a.png'))).toEqual({ ...nothing, format: 'png' })
    expect(await readPictureFacts(join(folder, 'b.jpg'))).toMatchObject({
      format: 'jpeg',
      camera: 'X100',
    })
    expect(await readPictureFacts(join(folder, 'torn.jpg'))).toEqual(nothing)
    expect(await readPictureFacts(join(folder, 'gone.jpg'))).toEqual(nothing)
  })
})
