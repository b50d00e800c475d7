import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Rows } from '../../../src-main/analysis/neighbours.ts'
import { secondMoment } from '../../../src-main/analysis/secondMoment.ts'
import { random } from '../../../src-main/numeric/random.ts'

const debianFolder = '/usr/share/datasets/fashion-mnist'
const file = 't10k-images-idx3-ubyte.gz'
const pixels = 28 * 28
const dim = 64

/**
 * The 10,000 test images of Fashion-MNIST (Debian's package dataset-fashion-mnist): pixels less their
 * mean, along their 64 principal axes, to unit length.
 *
 * @returns the reason where it is not installed
 */
export function fashion(folder = debianFolder): Rows | string {
  const path = join(folder, file)
  if (!existsSync(path)) return `${path} is missing: install dataset-fashion-mnist, or give --data`
  const images = gunzipSync(readFileSync(path)).subarray(16)
  const count = images.length / pixels
  const mean = new Float64Array(pixels)
  images.forEach((value, at) => (mean[at % pixels] = (mean[at % pixels] ?? 0) + value / count))
  const centred = Float32Array.from(images, (value, at) => (value - (mean[at % pixels] ?? 0)) / 255)
  const axes = principalAxes(secondMoment({ data: centred, dim: pixels }))
  const data = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) {
    const image = centred.subarray(i * pixels, (i + 1) * pixels)
    const row = axes.map((axis) => dot(axis, image))
    const norm = Math.hypot(...row)
    row.forEach((value, d) => (data[i * dim + d] = value / norm))
  }
  return { data, dim }
}

/** The first eigenvectors of a symmetric matrix, nearly, by orthogonal iteration. */
function principalAxes(moment: Float64Array): Float64Array[] {
  const stream = random(1, 'axes')
  let axes = Array.from({ length: dim }, () =>
    Float64Array.from({ length: pixels }, () => stream.normal()),
  )
  for (let round = 0; round < 12; round++) {
    axes = axes.map((axis) =>
      axis.map((_, p) => dot(axis, moment.subarray(p * pixels, (p + 1) * pixels))),
    )
    axes.forEach((axis, a) => {
      for (const other of axes.slice(0, a)) {
        const share = dot(axis, other)
        other.forEach((value, p) => (axis[p] = (axis[p] ?? 0) - share * value))
      }
      const norm = Math.sqrt(dot(axis, axis))
      axis.forEach((value, p) => (axis[p] = value / norm))
    })
  }
  return axes
}

function dot(a: Float64Array, b: Float64Array | Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
