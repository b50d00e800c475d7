import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { measureLooks } from '../../../../src-main/data/quality/measureLooks.ts'
import { nearBits, nearDuplicates } from '../../../../src-main/data/quality/nearDuplicates.ts'
import { hashDistance } from '../../../../src-main/data/quality/perceptualHash.ts'
import { qualityReport } from '../../../../src-main/data/quality/qualityReport.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import { madeTable } from '../../../renderer/library/madeTable.ts'
import { noisyImage, plainImage } from '../madeImages.ts'
import { tempFolder, writeFiles } from '../tempFolder.ts'

const sample = (name: string) => join('resources/sample/emoji', name)
const quietly = { signal: new AbortController().signal, onProgress: () => undefined }

/** Looks of pictures that are thumbnails by the names `0000000000000000`, `0000000000000001`, … */
async function looksOf(images: readonly Promise<Buffer>[]) {
  const hashes = images.map((_, i) => String(i).padStart(16, '0'))
  const folder = tempFolder()
  const files = await Promise.all(images)
  await writeFiles(
    folder,
    Object.fromEntries(hashes.map((hash, i) => [`00/${hash}.png`, files[i] ?? Buffer.of()])),
  )
  const looks = await measureLooks({ thumbnailsFolder: folder, hashes }, quietly)
  if (!looks) throw new Error('nothing was measured')
  return looks
}

function distance(perceptual: Uint32Array, a: number, b: number): number {
  const at = (i: number) => perceptual[i] ?? 0
  return hashDistance(at(2 * a), at(2 * a + 1), at(2 * b), at(2 * b + 1))
}

describe('measureLooks', () => {
  it('knows a picture again that was scaled or recompressed, and tells others apart', async () => {
    const cat = sharp(sample('cat/noto.png')).flatten({ background: '#ffffff' })
    const { perceptual } = await looksOf([
      cat.clone().png().toBuffer(),
      cat.clone().resize(40, 40).png().toBuffer(),
      cat
        .clone()
        .jpeg({ quality: 40 })
        .toBuffer()
        .then((jpeg) => sharp(jpeg).png().toBuffer()),
      sharp(sample('bus/noto.png')).png().toBuffer(),
      sharp(sample('apple/noto.png')).png().toBuffer(),
    ])
    expect(distance(perceptual, 0, 1)).toBeLessThanOrEqual(nearBits)
    expect(distance(perceptual, 0, 2)).toBeLessThanOrEqual(nearBits)
    expect(distance(perceptual, 0, 3)).toBeGreaterThan(12)
    expect(distance(perceptual, 3, 4)).toBeGreaterThan(12)
  })

  it('measures brightness, content and sharpness', async () => {
    const noise = noisyImage(100, 80).png().toBuffer()
    const blurred = noise.then((image) => sharp(image).blur(6).png().toBuffer())
    const looks = await looksOf([
      plainImage(20, 30, '#000000').png().toBuffer(),
      plainImage(20, 30, '#ffffff').png().toBuffer(),
      noise,
      blurred,
    ])
    expect([...looks.brightness.subarray(0, 2)]).toEqual([0, 1])
    expect([...looks.entropy.subarray(0, 2)]).toEqual([0, 0])
    expect(looks.entropy[2]).toBeGreaterThan(6)
    expect(looks.sharpness[2]).toBeGreaterThan(20 * (looks.sharpness[3] ?? 1))
  })

  it('leaves out what has no thumbnail, and stops when it is told to', async () => {
    const folder = tempFolder()
    const hashes = ['00112233445566aa']
    expect(await measureLooks({ thumbnailsFolder: folder, hashes }, quietly)).toMatchObject({
      hashes: [],
    })
    const signal = AbortSignal.abort()
    expect(
      await measureLooks({ thumbnailsFolder: folder, hashes }, { ...quietly, signal }),
    ).toBeNull()
  })
})

describe('nearDuplicates', () => {
  it('finds every pair that a comparison of all with all finds', () => {
    const stream = random(3, 'hashes')
    const count = 600
    const perceptual = new Uint32Array(2 * count)
    for (let i = 0; i < count; i++) {
      // Some stand a few bits beside an earlier one.
      const twin = i > 0 && stream.next() < 0.4 ? stream.integer(i) : null
      for (const half of [0, 1])
        perceptual[2 * i + half] =
          twin === null ? stream.integer(2 ** 32) : (perceptual[2 * twin + half] ?? 0)
      for (let flips = stream.integer(8); twin !== null && flips > 0; flips--) {
        const at = 2 * i + stream.integer(2)
        perceptual[at] = ((perceptual[at] ?? 0) ^ (1 << stream.integer(32))) >>> 0
      }
    }
    const groupOf = new Map<number, number>()
    const brightness = new Float32Array(count).fill(0.5)
    nearDuplicates({ perceptual, brightness }, () => true).forEach((group, i) =>
      group.forEach((image) => groupOf.set(image, i)),
    )
    let pairs = 0
    for (let a = 0; a < count; a++)
      for (let b = a + 1; b < count; b++)
        if (distance(perceptual, a, b) <= nearBits) {
          pairs += 1
          expect(groupOf.get(a)).toBeDefined()
          expect(groupOf.get(a)).toBe(groupOf.get(b))
        }
    expect(pairs).toBeGreaterThan(100)
  })

  it('takes no shape for one of another brightness', () => {
    const perceptual = Uint32Array.of(7, 7, 7, 7, 7, 7)
    const brightness = Float32Array.of(0.5, 0.8, 0.52)
    const groups = nearDuplicates({ perceptual, brightness }, () => true)
    expect(groups.map((group) => [...group])).toEqual([[0, 2]])
  })
})

describe('qualityReport', () => {
  it('groups what is wrong, the best of duplicates first, and leaves out the trash', () => {
    const table = madeTable()
    const looks = {
      hashes: ['a', 'b', 'c', 'd', 'f'],
      // a, c and d look alike; d shows nothing.
      perceptual: Uint32Array.of(7, 7, 1, 4_000_000_000, 7, 6, 7, 7, 7, 7),
      brightness: Float32Array.of(0.5, 0.01, 0.5, 0.99, 0.5),
      entropy: Float32Array.of(5, 5, 5, 0.1, 5),
      sharpness: Float32Array.of(0.2, 0.2, 0.001, 0, 0.2),
    }
    const { issues, leaks, unmeasured, imbalance } = qualityReport(
      { ...table, widths: Int32Array.of(10, 10, 50, 10, 20, 10) },
      looks,
    )
    const found = Object.fromEntries(
      issues.map(({ kind, groups }) => [kind, groups.map((group) => [...group])]),
    )
    expect(found).toEqual({
      // Of the two with the same bytes the wider one comes first.
      exact: [[15, 12]],
      near: [[13, 11]],
      dark: [[12, 15]],
      light: [[14]],
      plain: [[14]],
      blurry: [[13]],
      shape: [[13]],
    })
    expect(leaks).toEqual({ acrossSplits: 0, acrossLabels: 1 })
    expect(unmeasured).toBe(0)
    expect(imbalance).toBe(1)
  })

  it('finds labels with one image, and duplicates on both sides of a split', () => {
    const table = { ...madeTable(), labels: Int32Array.of(1, 0, -1, -1, -1, 1) }
    const splits = Uint8Array.of(0, 1, 0, 0, 2, 0)
    const none = new Float32Array(0)
    const looks = {
      hashes: [],
      perceptual: new Uint32Array(0),
      brightness: none,
      entropy: none,
      sharpness: none,
    }
    const report = qualityReport({ ...table, splits }, looks)
    const lonely = report.issues.find(({ kind }) => kind === 'lonely')
    expect(lonely?.groups.map((group) => [...group])).toEqual([[11, 12]])
    expect(report.leaks).toEqual({ acrossSplits: 1, acrossLabels: 1 })
    expect(report.unmeasured).toBe(5)
  })
})
