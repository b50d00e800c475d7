import type { RandomStream } from '../numeric/random.ts'

/** Part of a square image, in px of the source; mirrored when `isFlipped`. */
export interface Crop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly isFlipped: boolean
}

/** Aspect ratios lie between this and its inverse, log-uniform. */
const widestAspect = 4 / 3

/** A random part of at least `minimum` of the area, as in Szegedy et al., CVPR 2015, arXiv:1409.4842. */
export function randomCrop(
  size: number,
  minimum: number,
  flipProbability: number,
  stream: RandomStream,
): Crop {
  const area = minimum + (1 - minimum) * stream.next()
  const aspect = Math.exp((2 * stream.next() - 1) * Math.log(widestAspect) * (minimum < 1 ? 1 : 0))
  const width = size * Math.min(Math.sqrt(area * aspect), 1)
  const height = size * Math.min(Math.sqrt(area / aspect), 1)
  return {
    left: (size - width) * stream.next(),
    top: (size - height) * stream.next(),
    width,
    height,
    isFlipped: stream.next() < flipProbability,
  }
}

/**
 * Resizes a part of a square image by a separable triangle filter: bilinear when it grows, widened
 * to the size of a source step when it shrinks, so that nothing aliases.
 */
export class Resampler {
  private readonly sourceSize: number
  private readonly targetSize: number
  private readonly columns: Taps
  private readonly rows: Taps
  /** One pass of the two, `[source rows, target columns, 3]`. */
  private readonly between: Float32Array

  constructor(sourceSize: number, targetSize: number) {
    this.sourceSize = sourceSize
    this.targetSize = targetSize
    this.columns = new Taps(sourceSize, targetSize)
    this.rows = new Taps(sourceSize, targetSize)
    this.between = new Float32Array(sourceSize * targetSize * 3)
  }

  /**
   * @param source bytes, `[sourceSize, sourceSize, 3]`
   * @param target gets values in [0, 1], `[targetSize, targetSize, 3]`
   */
  resample(source: Uint8Array, crop: Crop, target: Float32Array): void {
    const { sourceSize, targetSize, columns, rows, between } = this
    columns.place(crop.left, crop.width, crop.isFlipped)
    rows.place(crop.top, crop.height, false)
    const stride = targetSize * 3
    const firstRow = rows.first[0] ?? 0
    const lastRow = Math.min((rows.first[targetSize - 1] ?? 0) + rows.count, sourceSize)
    for (let y = firstRow; y < lastRow; y++) {
      const from = y * sourceSize * 3
      for (let x = 0; x < targetSize; x++) {
        let r = 0
        let g = 0
        let b = 0
        let at = from + (columns.first[x] ?? 0) * 3
        const end = (x + 1) * columns.count
        for (let tap = x * columns.count; tap < end; tap++) {
          const weight = columns.weights[tap] ?? 0
          r += weight * (source[at] ?? 0)
          g += weight * (source[at + 1] ?? 0)
          b += weight * (source[at + 2] ?? 0)
          at += 3
        }
        const to = y * stride + x * 3
        between[to] = r
        between[to + 1] = g
        between[to + 2] = b
      }
    }
    for (let y = 0; y < targetSize; y++) {
      const to = y * stride
      target.fill(0, to, to + stride)
      for (let k = 0; k < rows.count; k++) {
        const weight = (rows.weights[y * rows.count + k] ?? 0) / 255
        if (weight === 0) continue
        const from = ((rows.first[y] ?? 0) + k) * stride
        for (let i = 0; i < stride; i++)
          target[to + i] = (target[to + i] ?? 0) + weight * (between[from + i] ?? 0)
      }
    }
  }
}

/** For each target pixel of one axis, the source pixels that it is made of. */
class Taps {
  /** Taps of a target pixel; the last ones may weigh nothing. */
  count = 0
  readonly first: Int32Array
  readonly weights: Float32Array
  private readonly sourceSize: number
  private readonly targetSize: number

  constructor(sourceSize: number, targetSize: number) {
    this.sourceSize = sourceSize
    this.targetSize = targetSize
    const most = Math.min(Math.ceil(2 * Math.max(sourceSize / targetSize, 1)), sourceSize)
    this.first = new Int32Array(targetSize)
    this.weights = new Float32Array(targetSize * most)
  }

  place(start: number, length: number, isFlipped: boolean): void {
    const { sourceSize, targetSize, first, weights } = this
    const step = length / targetSize
    const reach = Math.max(step, 1)
    const count = Math.min(Math.ceil(2 * reach), sourceSize)
    this.count = count
    for (let i = 0; i < targetSize; i++) {
      const centre = start + ((isFlipped ? targetSize - 1 - i : i) + 0.5) * step - 0.5
      const from = Math.min(Math.max(Math.ceil(centre - reach), 0), sourceSize - count)
      let sum = 0
      for (let k = 0; k < count; k++) {
        const weight = Math.max(1 - Math.abs(from + k - centre) / reach, 0)
        weights[i * count + k] = weight
        sum += weight
      }
      for (let k = 0; k < count; k++) weights[i * count + k] = (weights[i * count + k] ?? 0) / sum
      first[i] = from
    }
  }
}
