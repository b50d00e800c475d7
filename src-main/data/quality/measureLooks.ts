import sharp from 'sharp'
import type { ContentHash } from '../../contract/images.ts'
import type { Looks, QualityProgress } from '../../contract/quality.ts'
import { mostBytes } from '../decode.ts'
import { mapInOrder } from '../mapInOrder.ts'
import { readWhole } from '../readWhole.ts'
import { findThumbnail } from '../thumbnailPath.ts'
import { hashSide, perceptualHash } from './perceptualHash.ts'
import { pngLuma } from './pngLuma.ts'
import type { Luma } from './pngLuma.ts'

interface Look {
  readonly perceptual: readonly [number, number]
  readonly brightness: number
  readonly entropy: number
  readonly sharpness: number
}

/**
 * Measures how images look. One whose thumbnail is missing or broken is left out.
 *
 * @returns null when the signal aborted
 */
export async function measureLooks(
  { thumbnailsFolder, hashes }: { thumbnailsFolder: string; hashes: readonly ContentHash[] },
  options: {
    readonly signal: AbortSignal
    readonly onProgress: (progress: QualityProgress) => void
  },
): Promise<Looks | null> {
  const measured: { readonly hash: ContentHash; readonly look: Look }[] = []
  let done = 0
  const measure = async (hash: ContentHash) => {
    const look = await lookOf(findThumbnail(thumbnailsFolder, hash)).catch(() => null)
    return { hash, look }
  }
  for await (const { hash, look } of mapInOrder(hashes, measure)) {
    if (options.signal.aborted) return null
    if (look) measured.push({ hash, look })
    done += 1
    if (done % 200 === 0) options.onProgress({ done, total: hashes.length })
  }
  return {
    hashes: measured.map(({ hash }) => hash),
    perceptual: Uint32Array.from(measured.flatMap(({ look }) => [...look.perceptual])),
    brightness: Float32Array.from(measured, ({ look }) => look.brightness),
    entropy: Float32Array.from(measured, ({ look }) => look.entropy),
    sharpness: Float32Array.from(measured, ({ look }) => look.sharpness),
  }
}

async function lookOf(path: string): Promise<Look> {
  const { bytes } = await readWhole(path, mostBytes)
  const image = bytes ?? Buffer.alloc(0)
  const { data, width, height } = pngLuma(image) ?? (await decodedLuma(image))
  const histogram = new Float64Array(256)
  for (const value of data) histogram[value] = (histogram[value] ?? 0) + 1
  return {
    perceptual: perceptualHash(shrunk(data, width, height)),
    brightness: data.reduce((sum, value) => sum + value, 0) / data.length / 255,
    entropy: entropyOf(histogram, data.length),
    sharpness: sharpnessOf(data, width, height),
  }
}

async function decodedLuma(image: Buffer): Promise<Luma> {
  const { data, info } = await sharp(image)
    .flatten({ background: '#ffffff' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** Means over the cells of a grid, whatever the shape; a pixel on a border counts on both sides. */
function shrunk(luma: Uint8Array, width: number, height: number): Float32Array {
  const rows = new Float32Array(hashSide * width)
  for (const { cell, at, share } of sharesOf(height))
    for (let x = 0; x < width; x++) {
      const to = cell * width + x
      rows[to] = (rows[to] ?? 0) + share * (luma[at * width + x] ?? 0)
    }
  const cells = new Float32Array(hashSide * hashSide)
  for (const { cell, at, share } of sharesOf(width))
    for (let y = 0; y < hashSide; y++) {
      const to = y * hashSide + cell
      cells[to] = (cells[to] ?? 0) + share * (rows[y * width + at] ?? 0)
    }
  return cells
}

interface Share {
  readonly cell: number
  /** Pixel along the side. */
  readonly at: number
  /** Of the cell that the pixel covers. */
  readonly share: number
}

function* sharesOf(length: number): Generator<Share> {
  const size = length / hashSide
  for (let cell = 0; cell < hashSide; cell++)
    for (let at = Math.floor(cell * size); at < (cell + 1) * size && at < length; at++) {
      const covered = Math.min(at + 1, (cell + 1) * size) - Math.max(at, cell * size)
      yield { cell, at, share: covered / size }
    }
}

function entropyOf(histogram: Float64Array, count: number): number {
  return histogram.reduce((sum, n) => (n > 0 ? sum - (n / count) * Math.log2(n / count) : sum), 0)
}

/** Pech-Pacheco et al., “Diatom autofocusing in brightfield microscopy”, ICPR 2000. */
function sharpnessOf(luma: Uint8Array, width: number, height: number): number {
  let count = 0
  let sum = 0
  let squares = 0
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const around =
        (luma[at - 1] ?? 0) +
        (luma[at + 1] ?? 0) +
        (luma[at - width] ?? 0) +
        (luma[at + width] ?? 0)
      const laplacian = (around - 4 * (luma[at] ?? 0)) / 255
      count += 1
      sum += laplacian
      squares += laplacian * laplacian
    }
  if (count === 0) return 0
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))
}
