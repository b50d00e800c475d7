import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { scanFolder } from '../../../src-main/data/scanFolder.ts'
import { stampsOf } from '../../main/data/knownStamps.ts'

export interface PhotoTimes {
  readonly width: number
  readonly height: number
  /** Of one file. */
  readonly kilobytes: number
  readonly thumbnailsPerSecond: number
  /** Of all threads, a file: tells the work also on a machine that does other things. */
  readonly cpuMs: number
}

/** Thumbnails of JPEG photographs, in the sizes of small data sets, of large ones, and of old cameras. */
export async function measurePhotos(home: string): Promise<readonly PhotoTimes[]> {
  const times: PhotoTimes[] = []
  for (const width of [128, 640, 1600])
    times.push(await measure(join(home, `photos ${width}`), width))
  return times
}

async function measure(source: string, width: number): Promise<PhotoTimes> {
  const height = (width * 3) / 4
  // So many that the start of the program does not count.
  const count = Math.round(1_000_000 / width)
  const photo = await madePhoto(width, height)
  await mkdir(source)
  // A comment after the end makes each file another one, at no cost.
  for (let i = 0; i < count; i++)
    await writeFile(join(source, `${i}.jpg`), Buffer.concat([photo, Buffer.from(String(i))]))
  const startedAt = performance.now()
  const cpu = process.cpuUsage()
  let read = 0
  await scanFolder(
    {
      source,
      files: null,
      rootLabel: null,
      thumbnailsFolder: `${source} small`,
      known: stampsOf({}),
    },
    {
      signal: new AbortController().signal,
      onBatch: ({ files }) => {
        read += files.length
      },
    },
  )
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1000 / read
  const kilobytes = photo.length / 1024
  return { width, height, kilobytes, thumbnailsPerSecond: read / seconds, cpuMs }
}

/**
 * Noise in spots of all sizes, the larger the stronger: photographs have such a spectrum (Field,
 * "Relations between the statistics of natural images and the response properties of cortical
 * cells", 1987), and a decoder as much to do with it.
 */
async function madePhoto(width: number, height: number): Promise<Buffer> {
  const sum = new Float32Array(width * height * 3)
  for (let spot = 2; spot <= width / 4; spot *= 2) {
    const size = { width: Math.ceil(width / spot), height: Math.ceil(height / spot) }
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
    const layer = await sharp({ create: { ...size, channels: 3, background: '#808080', noise } })
      .png()
      .toBuffer()
    const pixels = await sharp(layer).resize(width, height, { fit: 'fill' }).raw().toBuffer()
    const weight = 0.6 * Math.sqrt(spot / (width / 4))
    pixels.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + weight * (value - 128)
    })
  }
  const bytes = Uint8ClampedArray.from(sum, (value) => 128 + value)
  return sharp(bytes, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer()
}
