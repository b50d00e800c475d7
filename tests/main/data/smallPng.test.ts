import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readPlainPng } from '../../../src-main/data/smallPng.ts'
import { cutShort, noisyImage, plainImage, png } from './madeImages.ts'
import { pngOf } from './pngChunks.ts'

const kinds: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['RGB', () => noisyImage(17, 9).png().toBuffer()],
  ['RGBA', () => noisyImage(17, 9).ensureAlpha(0.5).png().toBuffer()],
  ['grey', () => noisyImage(17, 9).greyscale().png().toBuffer()],
  ['a palette', () => noisyImage(17, 9).png({ palette: true }).toBuffer()],
  ['two colours', () => plainImage(17, 9, 'red').png({ palette: true, colours: 2 }).toBuffer()],
  ['16 bits', () => noisyImage(17, 9).toColourspace('rgb16').png().toBuffer()],
]

describe.each(kinds)('a PNG of %s', (_, make) => {
  it('is whole, and is not when any of its bytes is another one or missing', async () => {
    const file = await make()
    expect(readPlainPng(file)).toMatchObject({ width: 17, height: 9 })
    for (let at = 0; at < file.length; at++) {
      const bent = Buffer.from(file)
      bent[at] = (bent[at] ?? 0) ^ 0x55
      expect(readPlainPng(bent), `byte ${at}`).toBeNull()
      expect(readPlainPng(file.subarray(0, at)), `${at} bytes`).toBeNull()
    }
  })
})

describe('readPlainPng', () => {
  it('leaves to a decoder what is interlaced or turned, and what is no PNG', async () => {
    expect(readPlainPng(await noisyImage(17, 9).png({ progressive: true }).toBuffer())).toBeNull()
    const turned = await plainImage(17, 9, 'red').withMetadata({ orientation: 6 }).png().toBuffer()
    expect((await sharp(turned).metadata()).orientation).toBe(6)
    expect(readPlainPng(turned)).toBeNull()
    expect(readPlainPng(await plainImage(17, 9, 'red').jpeg().toBuffer())).toBeNull()
    expect(readPlainPng(cutShort(await png('red')))).toBeNull()
  })

  it('finds what no checksum tells: rows that are missing, too many, or filtered in no known way', () => {
    const rows = (count: number, filter = 0) =>
      deflateSync(Buffer.from(Array.from({ length: count }, () => [filter, 1, 2, 3]).flat()))
    const header = { width: 3, height: 2, depth: 8, colour: 0 }
    expect(readPlainPng(pngOf(header, rows(2)))).toMatchObject({ width: 3, height: 2 })
    expect(readPlainPng(pngOf(header, rows(1)))).toBeNull()
    expect(readPlainPng(pngOf(header, rows(3)))).toBeNull()
    expect(readPlainPng(pngOf(header, rows(2, 5)))).toBeNull()
    expect(readPlainPng(pngOf({ ...header, depth: 3 }, rows(2)))).toBeNull()
    expect(readPlainPng(pngOf({ ...header, colour: 3 }, rows(2)))).toBeNull()
    expect(readPlainPng(pngOf({ ...header, height: 0 }, rows(0)))).toBeNull()
    expect(readPlainPng(pngOf(header, Buffer.from('no stream')))).toBeNull()
  })
})
