import { jacobi } from './jacobi.ts'
import type { Rows } from './neighbours.ts'
import { secondMoment } from './secondMoment.ts'

/** Three orthonormal directions of the embedding space, `[3, dim]`; a missing one is all zero. */
export type Axes = Float64Array

/** Directions that are iterated together, and how often they are multiplied before each restart. */
const width = 8
const powers = 6

/** Restarts at most; a few are enough unless the directions are equally strong. */
const mostRestarts = 30

/**
 * The three directions that hold most of the rows' squared length: eigenvectors of rowsᵀ·rows / n.
 *
 * The rows are not centred. Subtracting the mean would move the origin and change every cosine; so
 * the origin of the embedding stays the origin of the picture, an untrained network shows as the
 * narrow cone that it is, and no other three axes keep more of the rows' cosines in least squares
 * (Eckart–Young). The strongest axis is the third, which looks at the viewer. With up to three
 * dimensions the axes are the coordinates themselves: the picture is then exact.
 *
 * Restarted block Krylov iteration (Musco & Musco, NeurIPS 2015, arXiv:1504.05477).
 */
export function principalAxes(rows: Rows): Axes {
  const { dim } = rows
  const axes = new Float64Array(3 * dim)
  if (dim <= 3) {
    for (let a = 0; a < dim; a++) axes[a * dim + a] = 1
    return axes
  }
  const moment = secondMoment(rows)
  let basis = startOf(dim, Math.min(width, dim))
  let strengths: readonly number[] = [0, 0, 0]
  for (let restart = 0; restart < mostRestarts; restart++) {
    const { values, vectors } = rayleighRitz(moment, krylov(moment, basis, dim), dim)
    const moved = Math.max(...strengths.map((before, a) => Math.abs((values[a] ?? 0) - before)))
    basis = vectors.slice(0, Math.min(width, dim) * dim)
    strengths = Array.from(values.subarray(0, 3))
    if (moved <= 1e-13 * (strengths[0] ?? 0)) break
  }
  const mean = meanOf(rows)
  // The strongest direction points at the viewer (z), the others to the right and up.
  for (const [strength, a] of [2, 0, 1].entries()) {
    const vector = basis.subarray(strength * dim, strength * dim + dim)
    const sign = signOf(vector, mean)
    for (let d = 0; d < dim; d++) axes[a * dim + d] = sign * (vector[d] ?? 0)
  }
  return axes
}

function meanOf({ data, dim }: Rows): Float64Array {
  const sum = new Float64Array(dim)
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number
    if (Number.isFinite(value)) sum[i % dim] = (sum[i % dim] as number) + value
  }
  return sum
}

/** A start that no axis is orthogonal to by accident, the same every time. */
function startOf(dim: number, vectors: number): Float64Array {
  const start = Float64Array.from({ length: vectors * dim }, (_, i) => {
    const [w, d] = [Math.floor(i / dim), i % dim]
    return (d % vectors === w ? 1 : 0) + 0.1 * Math.cos(1 + 12.9898 * d + 78.233 * w)
  })
  return orthonormal(start, dim)
}

/** An orthonormal basis of what a basis becomes when it is multiplied with the moment again and again. */
function krylov(moment: Float64Array, basis: Float64Array, dim: number): Float64Array {
  const blocks = [basis]
  let block = basis
  for (let power = 1; power < powers; power++) {
    block = orthonormal(product(moment, block, dim), dim)
    blocks.push(block)
  }
  const all = new Float64Array(blocks.length * basis.length)
  blocks.forEach((values, i) => all.set(values, i * basis.length))
  return orthonormal(all, dim)
}

/** moment · each vector, `[vectors, dim]`. */
function product(moment: Float64Array, vectors: Float64Array, dim: number): Float64Array {
  const result = new Float64Array(vectors.length)
  for (let w = 0; w < vectors.length / dim; w++)
    for (let a = 0; a < dim; a++) {
      let sum = 0
      for (let b = 0; b < dim; b++)
        sum += (moment[a * dim + b] as number) * (vectors[w * dim + b] as number)
      result[w * dim + a] = sum
    }
  return result
}

/** Gram–Schmidt, twice for accuracy. A vector that the others already span becomes zero. */
function orthonormal(vectors: Float64Array, dim: number): Float64Array {
  const result = Float64Array.from(vectors)
  for (let w = 0; w < vectors.length / dim; w++) {
    const vector = result.subarray(w * dim, w * dim + dim)
    const before = Math.sqrt(dot(vector, vector))
    for (let round = 0; round < 2; round++)
      for (let other = 0; other < w; other++) {
        const direction = result.subarray(other * dim, other * dim + dim)
        const share = dot(vector, direction)
        for (let d = 0; d < dim; d++) vector[d] = (vector[d] ?? 0) - share * (direction[d] ?? 0)
      }
    const norm = Math.sqrt(dot(vector, vector))
    const factor = norm > 1e-12 * before && norm > 0 ? 1 / norm : 0
    for (let d = 0; d < dim; d++) vector[d] = (vector[d] ?? 0) * factor
  }
  return result
}

/** Turns a basis inside its span so that it is sorted by strength. */
function rayleighRitz(
  moment: Float64Array,
  basis: Float64Array,
  dim: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const size = basis.length / dim
  const image = product(moment, basis, dim)
  const small = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      small[i * size + j] = dot(
        basis.subarray(i * dim, i * dim + dim),
        image.subarray(j * dim, j * dim + dim),
      )
  const { values, vectors } = jacobi(small, size)
  const order = Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
  const turned = new Float64Array(basis.length)
  order.forEach((column, w) => {
    for (let i = 0; i < size; i++) {
      const share = vectors[i * size + column] ?? 0
      for (let d = 0; d < dim; d++)
        turned[w * dim + d] = (turned[w * dim + d] ?? 0) + share * (basis[i * dim + d] ?? 0)
    }
  })
  return { values: Float64Array.from(order, (i) => values[i] ?? 0), vectors: turned }
}

/**
 * Turns a direction to the side where most of the rows are; where they are on neither side, its first
 * coordinate that is not zero becomes positive.
 */
function signOf(vector: Float64Array, mean: Float64Array): 1 | -1 {
  const side = dot(vector, mean)
  if (Math.abs(side) > 1e-9) return side > 0 ? 1 : -1
  return (vector.find((value) => Math.abs(value) > 1e-12) ?? 1) < 0 ? -1 : 1
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
