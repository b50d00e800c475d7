import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { scanFolder } from '../../../src-main/data/scanFolder.ts'

const count = 400

/** Thumbnails of JPEG photographs: noise in large spots, which costs about as much to decode. */
export async function measurePhotos(
  home: string,
): Promise<{ readonly thumbnailsPerSecond: number; readonly megapixels: number }> {
  const source = join(home, 'photos')
  await mkdir(source)
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const spots = await sharp({
    create: { width: 100, height: 75, channels: 3, background: '#888888', noise },
  })
    .png()
    .toBuffer()
  const photo = await sharp(spots).resize(1600, 1200).jpeg({ quality: 88 }).toBuffer()
  // A comment after the end makes each file another one, at no cost.
  for (let i = 0; i < count; i++)
    await writeFile(join(source, `${i}.jpg`), Buffer.concat([photo, Buffer.from(String(i))]))
  const startedAt = performance.now()
  let read = 0
  await scanFolder(
    {
      source,
      files: null,
      rootLabel: null,
      thumbnailsFolder: join(home, 'photo thumbnails'),
      known: {},
    },
    {
      signal: new AbortController().signal,
      onBatch: ({ files }) => {
        read += files.length
      },
    },
  )
  const seconds = (performance.now() - startedAt) / 1000
  return { thumbnailsPerSecond: read / seconds, megapixels: (1600 * 1200) / 1e6 }
}
