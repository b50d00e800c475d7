import { readPlainPng } from '../smallPng.ts'
import type { PngRows } from '../smallPng.ts'

export interface Luma {
  /** sRGB grey of the same luminance, on white. `[height, width]` */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * How light each pixel of a small PNG is. Gives what the decoder gives, within one level, in a tenth of
 * the time: with 100,000 small pictures that is the whole of the work.
 *
 * @returns null for all but plain PNGs of 8 bits and less without transparent colours
 */
export function pngLuma(file: Buffer): Luma | null {
  const png = readPlainPng(file)
  if (png === null || png.depth > 8 || png.hasTransparency) return null
  const { width, height } = png
  const data = new Uint8Array(width * height)
  const length = Math.ceil((width * png.samplesPerPixel * png.depth) / 8)
  const greyOf = greyReader(png)
  let above: Uint8Array = new Uint8Array(length)
  for (let y = 0; y < height; y++) {
    const start = y * (length + 1)
    const row = png.rows.subarray(start + 1, start + 1 + length)
    undoFilter(
      png.rows[start] ?? 0,
      row,
      above,
      Math.max(1, (png.samplesPerPixel * png.depth) >> 3),
    )
    for (let x = 0; x < width; x++) data[y * width + x] = greyOf(row, x)
    above = row
  }
  return { data, width, height }
}

/** In place (PNG Specification, section 9). @param step bytes from a pixel to the next */
function undoFilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  if (filter === 0) return
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : (row[i - step] ?? 0)
    const up = above[i] ?? 0
    const corner = i < step ? 0 : (above[i - step] ?? 0)
    row[i] = (row[i] ?? 0) + predictionOf(filter, left, up, corner)
  }
}

function predictionOf(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const [toLeft, toUp, toCorner] = [
    Math.abs(up - corner),
    Math.abs(left - corner),
    Math.abs(left + up - 2 * corner),
  ]
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

/** Colour types: 0 grey, 2 RGB, 3 palette, 4 and 6 the first two with alpha. */
function greyReader({ depth, colour, palette }: PngRows): (row: Uint8Array, x: number) => number {
  const byte = (row: Uint8Array, at: number): number => row[at] ?? 0
  if (colour === 2)
    return (row, x) => grey(byte(row, 3 * x), byte(row, 3 * x + 1), byte(row, 3 * x + 2))
  if (colour === 4) return (row, x) => onWhite(byte(row, 2 * x), byte(row, 2 * x + 1))
  if (colour === 6)
    return (row, x) => {
      const alpha = byte(row, 4 * x + 3)
      const [red, green, blue] = [0, 1, 2].map((i) => onWhite(byte(row, 4 * x + i), alpha))
      return grey(red ?? 0, green ?? 0, blue ?? 0)
    }
  const most = 2 ** depth - 1
  const sample = (row: Uint8Array, x: number): number =>
    (byte(row, (x * depth) >> 3) >> (8 - depth - ((x * depth) & 7))) & most
  if (colour === 0) return (row, x) => Math.round((sample(row, x) * 255) / most)
  const greys = Uint8Array.from({ length: most + 1 }, (_, i) =>
    grey(palette?.[3 * i] ?? 0, palette?.[3 * i + 1] ?? 0, palette?.[3 * i + 2] ?? 0),
  )
  return (row, x) => greys[sample(row, x)] ?? 0
}

function onWhite(value: number, alpha: number): number {
  return Math.floor((value * alpha + 255 * (255 - alpha)) / 255)
}

/** IEC 61966-2-1: luminance is a sum of linear light. */
const linear = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
})
const steps = 4095
const encoded = Uint8Array.from({ length: steps + 1 }, (_, i) => {
  const light = i / steps
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055))
})

function grey(red: number, green: number, blue: number): number {
  if (red === green && green === blue) return red
  const light =
    0.2126 * (linear[red] ?? 0) + 0.7152 * (linear[green] ?? 0) + 0.0722 * (linear[blue] ?? 0)
  return encoded[Math.round(steps * light)] ?? 0
}
