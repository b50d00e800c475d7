import { chmod, chown, mkdir, rename, rm, symlink, utimes } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { FileStamp, ScanBatch, ScannedFile } from '../../../src-main/contract/compute.ts'
import { contentHashOf } from '../../../src-main/data/decode.ts'
import { scanFolder } from '../../../src-main/data/scanFolder.ts'
import { findThumbnail } from '../../../src-main/data/thumbnailPath.ts'
import { animation, cutShort, hugeHeader, noisyImage, plainImage, png } from './madeImages.ts'
import { stampsOf } from './knownStamps.ts'
import { tempFolder, writeFiles } from './tempFolder.ts'

interface Scanned {
  readonly source: string
  readonly files: readonly ScannedFile[]
  readonly reasons: Readonly<Record<string, string>>
  readonly batches: readonly ScanBatch[]
}

async function scan(
  source: string,
  options: {
    readonly thumbnailsFolder?: string
    readonly known?: Readonly<Record<string, FileStamp>>
    readonly files?: readonly string[]
    readonly rootLabel?: string
  } = {},
): Promise<Scanned> {
  const { thumbnailsFolder = tempFolder(), known = {} } = options
  const { files: only = null, rootLabel = null } = options
  const batches: ScanBatch[] = []
  await scanFolder(
    { source, files: only, rootLabel, thumbnailsFolder, known: stampsOf(known) },
    { onBatch: (batch) => void batches.push(batch), signal: new AbortController().signal },
  )
  const skipped = batches.flatMap((batch) => batch.skipped)
  return {
    source,
    files: batches.flatMap((batch) => batch.files),
    reasons: Object.fromEntries(skipped.map(({ path, reason }) => [path, reason])),
    batches,
  }
}

async function scanOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Scanned> {
  const source = tempFolder()
  await writeFiles(source, files)
  return scan(source)
}

/** Root may read everything, so it becomes somebody else for a while. */
async function asNobody<T>(own: readonly string[], work: () => Promise<T>): Promise<T> {
  const nobody = 65_534
  if (process.getuid?.() !== 0) return work()
  for (const folder of own) await chown(folder, nobody, nobody)
  process.seteuid?.(nobody)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

function knownOf(files: readonly ScannedFile[]): Record<string, FileStamp> {
  return Object.fromEntries(
    files.map(({ path, hash, sizeBytes, modifiedMs, width, height }) => [
      path,
      { hash, sizeBytes, modifiedMs, width, height },
    ]),
  )
}

describe('scanFolder', () => {
  it('finds images in all folders, in order, and labels them by the folder they lie in', async () => {
    const red = await png('red')
    const { files, reasons, batches } = await scanOf({
      'dogs/b.png': red,
      'animals/cats/a.png': await png('blue'),
      'loose.PNG': await png('lime', 7, 5),
      'dogs/notes.txt': 'no image',
      '.hidden/c.png': red,
      'dogs/.d.png': red,
    })
    expect(files.map(({ path, label }) => [path, label])).toEqual([
      ['animals/cats/a.png', 'cats'],
      ['dogs/b.png', 'dogs'],
      ['loose.PNG', null],
    ])
    expect(files[2]).toMatchObject({ width: 7, height: 5 })
    expect(reasons).toEqual({})
    expect(batches.at(-1)?.progress).toMatchObject({ done: 3, total: 3, skipped: 0 })
  })

  it('names a file by its bytes, and gives one thumbnail to all that share them', async () => {
    const source = tempFolder()
    const thumbnailsFolder = tempFolder()
    await writeFiles(source, {
      'a.png': await png('red', 400, 200),
      'b/c.png': await png('red', 400, 200),
    })
    const { files } = await scan(source, { thumbnailsFolder })
    const [hash = ''] = new Set(files.map((file) => file.hash))
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
    const thumbnail = await sharp(findThumbnail(thumbnailsFolder, hash)).metadata()
    expect(thumbnail).toMatchObject({ format: 'webp', width: 128, height: 64 })
  })

  it('keeps a small PNG as its own thumbnail, and makes a JPEG of a JPEG', async () => {
    const source = tempFolder()
    const thumbnailsFolder = tempFolder()
    const small = await png('red', 24, 20)
    await writeFiles(source, {
      'a.png': small,
      'cut.png': cutShort(small),
      'b.jpg': await plainImage(24, 20, 'red').jpeg().toBuffer(),
    })
    const { files, reasons } = await scan(source, { thumbnailsFolder })
    expect(files[0]).toMatchObject({ path: 'a.png', width: 24, height: 20 })
    const thumbnailOf = (at: number) => findThumbnail(thumbnailsFolder, files[at]?.hash ?? '')
    expect(readFileSync(thumbnailOf(0))).toEqual(small)
    expect(thumbnailOf(1)).toMatch(/\.jpg$/)
    expect(await sharp(readFileSync(thumbnailOf(1))).metadata()).toMatchObject({ width: 24 })
    expect(Object.keys(reasons)).toEqual(['cut.png'])
  })

  it('says of damaged files what is wrong with them, and reads the rest', async () => {
    const { files, reasons } = await scanOf({
      'cut.jpg': cutShort(await noisyImage(200, 100).jpeg().toBuffer()),
      // So large that it is decoded at an eighth of its size, which is all that a thumbnail needs.
      'cut-large.jpg': cutShort(await noisyImage(1600, 1200).jpeg().toBuffer()),
      'cut-progressive.jpg': cutShort(
        await noisyImage(1600, 1200).jpeg({ progressive: true }).toBuffer(),
      ),
      'cut.png': cutShort(await noisyImage(200, 100).png().toBuffer()),
      'cut.gif': cutShort(await noisyImage(64, 64).gif().toBuffer()),
      'cut.tif': cutShort(await noisyImage(64, 64).tiff().toBuffer()),
      'cut.webp': cutShort(await noisyImage(64, 64).webp().toBuffer()),
      'cut.avif': cutShort(await noisyImage(64, 64).avif().toBuffer()),
      'empty.jpg': '',
      'huge.png': await hugeHeader(),
      'text.jpg': 'This is no image.',
      'whole.png': await png('red'),
    })
    expect(files.map(({ path }) => path)).toEqual(['whole.png'])
    for (const path of [
      'cut.jpg',
      'cut-large.jpg',
      'cut-progressive.jpg',
      'cut.png',
      'cut.gif',
      'cut.avif',
    ])
      expect(reasons[path]).toMatch(/^The file is cut short/)
    expect(reasons).toMatchObject({
      'empty.jpg': 'The file is empty.',
      'huge.png': 'The image has more than 100 megapixels.',
      'text.jpg': 'The file is damaged, or it is not an image.',
    })
  })

  it('refuses pictures that it cannot read by their name, and says what to do', async () => {
    const { files, reasons } = await scanOf({
      'a.heic': 'anything',
      // A raw photograph is a TIFF: it must not be taken for its preview.
      'b.NEF': await plainImage(16, 16, 'red').tiff().toBuffer(),
    })
    expect(files).toEqual([])
    expect(reasons['a.heic']).toBe('Antipode cannot read HEIC files. Save it as JPEG, PNG or WebP.')
    expect(reasons['b.NEF']).toContain('NEF')
  })

  it('reads turned, CMYK, 16-bit and animated pictures', async () => {
    const { files, reasons } = await scanOf({
      'a-turned.jpg': await plainImage(40, 30, 'red')
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer(),
      'b-cmyk.jpg': await plainImage(40, 30, 'red').toColourspace('cmyk').jpeg().toBuffer(),
      'c-16bit.png': await plainImage(40, 30, 'red').toColourspace('rgb16').png().toBuffer(),
      'd-moving.gif': await animation('red', 'blue'),
    })
    expect(reasons).toEqual({})
    expect(files.map(({ width, height }) => [width, height])).toEqual([
      [30, 40],
      [40, 30],
      [40, 30],
      [20, 20],
    ])
  })

  it('takes names with other scripts, spaces, quotes and line breaks as they are', async () => {
    const names = ['猫 и кот/ñandú 🐈.png', 'it\'s/"quoted".png', 'two\nlines/a\nb.png']
    const image = await png('red')
    const { files } = await scanOf(Object.fromEntries(names.map((name) => [name, image])))
    expect(files.map(({ path }) => path).sort()).toEqual([...names].sort())
  })

  it('reads each folder once, wherever links lead, under its own name', async () => {
    const source = tempFolder()
    const elsewhere = tempFolder()
    await writeFiles(source, { 'cats/a.png': await png('red') })
    await writeFiles(elsewhere, { 'dogs/b.png': await png('blue') })
    await symlink(source, join(source, 'cats', 'up'))
    await symlink('/', join(source, 'everything'))
    await symlink(join(source, 'cats'), join(source, 'a-link-to-cats'))
    await symlink(join(elsewhere, 'dogs'), join(source, 'dogs'))
    await symlink(join(source, 'cats', 'a.png'), join(source, 'cats', 'b.png'))
    await symlink(join(source, 'nothing'), join(source, 'broken'))
    await symlink('loop.png', join(source, 'loop.png'))
    const { files, reasons } = await scan(source)
    expect(files.map(({ path }) => path)).toEqual(['cats/a.png', 'cats/b.png', 'dogs/b.png'])
    expect(reasons).toEqual({ 'loop.png': 'It is a link that leads back to itself.' })
  })

  it('leaves out the thumbnails of another project that lies inside', async () => {
    const { files } = await scanOf({
      'cats/a.png': await png('red'),
      'project/project.db': '',
      'project/thumbnails/00/0011223344556677.webp': await png('blue'),
    })
    expect(files.map(({ path }) => path)).toEqual(['cats/a.png'])
  })

  it.skipIf(process.platform === 'win32')(
    'reports folders and files that it may not read (skipped on Windows, where modes mean little)',
    async () => {
      const source = tempFolder()
      const thumbnailsFolder = tempFolder()
      const red = await png('red')
      await writeFiles(source, { 'a.png': red, 'b.png': red, 'locked/c.png': red })
      const locked = [join(source, 'locked'), join(source, 'b.png')]
      for (const path of locked) await chmod(path, 0)
      const { files, reasons } = await asNobody([source, thumbnailsFolder], () =>
        scan(source, { thumbnailsFolder }),
      )
      await chmod(join(source, 'locked'), 0o700)
      expect(files.map(({ path }) => path)).toEqual(['a.png'])
      const reason = 'Antipode has no permission to read it.'
      expect(reasons).toEqual({ locked: reason, 'b.png': reason })
    },
  )

  it('takes names as long as the system allows, in any script', async () => {
    const names = [
      `${'n'.repeat(251)}.png`,
      `${'猫'.repeat(83)}.png`,
      `${'d'.repeat(255)}/${'e'.repeat(255)}/x.png`,
      'مرحبا/שלום.png',
      'café/e\u0301 and \u00e9.png',
      '\u202egnp.png',
      'a.../‹?*|>.png',
    ]
    const image = await png('red')
    const { files, reasons } = await scanOf(Object.fromEntries(names.map((name) => [name, image])))
    expect(reasons).toEqual({})
    expect(files.map(({ path }) => path).sort()).toEqual([...names].sort())
  })

  it('gives what it read when its folder goes away, and says so', async () => {
    const source = tempFolder()
    const image = await png('red')
    const names = Array.from({ length: 3000 }, (_, i) => `${String(i).padStart(4, '0')}.png`)
    await writeFiles(source, Object.fromEntries(names.map((name) => [name, image])))
    const given: string[] = []
    const reading = scanFolder(
      { source, files: null, rootLabel: null, thumbnailsFolder: tempFolder(), known: stampsOf({}) },
      {
        signal: new AbortController().signal,
        onBatch: async ({ files, skipped }) => {
          given.push(...files.map(({ path }) => path))
          expect(skipped).toEqual([])
          if (files.length === 0 || existsSync(`${source} away`)) return
          await rename(source, `${source} away`)
          // What is left where a drive was mounted.
          await mkdir(source)
        },
      },
    ).finally(() => rm(`${source} away`, { recursive: true, force: true }))
    await expect(reading).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('went away') as string,
    })
    expect(given.length).toBeGreaterThan(0)
    expect(given.length).toBeLessThan(names.length)
  })

  it('gives what it read when the disk of the thumbnails is full', async () => {
    const source = tempFolder()
    const thumbnailsFolder = tempFolder()
    const names = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(2, '0')}.png`)
    const images = await Promise.all(names.map((_, i) => png('red', 200 + i, 150)))
    await writeFiles(source, Object.fromEntries(names.map((name, i) => [name, images[i] ?? ''])))
    const hashes = images.map((image) => contentHashOf(image))
    // No file can be made where a file is in the way of its folder.
    const blocked = (hashes[25] ?? '').slice(0, 2)
    await writeFiles(thumbnailsFolder, { [blocked]: '' })
    const first = hashes.findIndex((hash) => hash.startsWith(blocked))
    const given: string[] = []
    await expect(
      scanFolder(
        { source, files: null, rootLabel: null, thumbnailsFolder, known: stampsOf({}) },
        {
          signal: new AbortController().signal,
          onBatch: ({ files }) => void given.push(...files.map(({ path }) => path)),
        },
      ),
    ).rejects.toMatchObject({ code: 'io', message: expect.stringContaining('room') as string })
    expect(given).toEqual(names.slice(0, first))
  })

  it('fails when the source itself is missing, so that nothing is taken for deleted', async () => {
    await expect(scan(join(tempFolder(), 'gone'))).rejects.toMatchObject({ code: 'not-found' })
  })

  it('fails when thumbnails cannot be written, instead of blaming the images', async () => {
    const source = tempFolder()
    const other = tempFolder()
    await writeFiles(source, { 'a.png': await png('red'), 'b.png': await png('blue') })
    await writeFiles(other, { thumbnails: 'a file where a folder should be' })
    const thumbnailsFolder = join(other, 'thumbnails')
    await expect(scan(source, { thumbnailsFolder })).rejects.toMatchObject({ code: 'io' })
  })

  it('reads only the files it is told to, and labels those that lie in the source itself', async () => {
    const source = tempFolder()
    const red = await png('red')
    await writeFiles(source, { 'a.png': red, 'b.png': red, 'cats/c.png': red })
    const { files, reasons } = await scan(source, {
      files: ['cats/c.png', 'a.png', 'gone.png'],
      rootLabel: 'birds',
    })
    expect(files.map(({ path, label }) => [path, label])).toEqual([
      ['a.png', 'birds'],
      ['cats/c.png', 'cats'],
    ])
    expect(Object.keys(reasons)).toEqual(['gone.png'])
  })

  it('passes known files on without reading them, and reads changed and moved ones', async () => {
    const source = tempFolder()
    const thumbnailsFolder = tempFolder()
    const [red, blue] = [await png('red'), await png('blue')]
    await writeFiles(source, { 'a/same.png': red, 'a/changed.png': red, 'a/moved.png': blue })
    const first = await scan(source, { thumbnailsFolder })

    // Same size and time: were it read, it would be refused.
    const stamp = new Date(2026, 0, 1)
    await utimes(join(source, 'a/same.png'), stamp, stamp)
    const known = knownOf(first.files)
    known['a/same.png'] = { ...(known['a/same.png'] as FileStamp), modifiedMs: stamp.getTime() }
    await writeFiles(source, { 'a/same.png': Buffer.alloc(red.length), 'a/changed.png': blue })
    await utimes(join(source, 'a/same.png'), stamp, stamp)
    // A picture of one size in bytes, in the same millisecond, would be taken for the same.
    const later = new Date(2027, 0, 1)
    await utimes(join(source, 'a/changed.png'), later, later)
    await mkdir(join(source, 'b'))
    await rename(join(source, 'a/moved.png'), join(source, 'b/moved.png'))

    const { files, reasons } = await scan(source, { thumbnailsFolder, known })
    expect(reasons).toEqual({})
    const hashOf = Object.fromEntries(files.map(({ path, hash }) => [path, hash]))
    const before = Object.fromEntries(first.files.map(({ path, hash }) => [path, hash]))
    expect(hashOf).toEqual({
      'a/same.png': before['a/same.png'],
      'a/changed.png': before['a/moved.png'],
      'b/moved.png': before['a/moved.png'],
    })
  })

  it('makes thumbnails again that have been deleted', async () => {
    const source = tempFolder()
    const thumbnailsFolder = tempFolder()
    await writeFiles(source, { 'a.png': await png('red', 300, 200) })
    const { files } = await scan(source, { thumbnailsFolder })
    await rm(thumbnailsFolder, { recursive: true })
    await scan(source, { thumbnailsFolder, known: knownOf(files) })
    const path = findThumbnail(thumbnailsFolder, files[0]?.hash ?? '')
    expect((await sharp(path).metadata()).format).toBe('webp')
  })

  it('says that it was cancelled, so that what it did not see is not taken for deleted', async () => {
    const source = tempFolder()
    await writeFiles(source, { 'a.png': await png('red') })
    const abort = new AbortController()
    const batches: ScanBatch[] = []
    const { cancelled } = await scanFolder(
      { source, files: null, rootLabel: null, thumbnailsFolder: tempFolder(), known: stampsOf({}) },
      {
        signal: abort.signal,
        onBatch: (batch) => {
          batches.push(batch)
          abort.abort()
        },
      },
    )
    expect(cancelled).toBe(true)
    expect(batches.flatMap(({ files }) => files)).toEqual([])
  })
})
