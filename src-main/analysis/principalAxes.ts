import { countOf } from './neighbours.ts'
import type { Rows } from './neighbours.ts'

/** Three orthonormal directions of the embedding space, `[3, dim]`; a missing one is all zero. */
export type Axes = Float64Array

/** Sweeps that the subspace iteration takes at most; each costs 3 · dim² multiplications. */
const mostSweeps = 300

/**
 * The three directions that hold most of the rows' squared length: eigenvectors of rowsᵀ·rows / n.
 *
 * The rows are not centred. Subtracting the mean would move the origin and change every cosine; so
 * the origin of the embedding stays the origin of the picture, an untrained network shows as the
 * narrow cone that it is, and no other three axes keep more of the rows' cosines in least squares
 * (Eckart–Young). The strongest axis is the third, which looks at the viewer. With up to three dimensions the axes are the coordinates themselves: the picture
 * is then exact.
 */
export function principalAxes(rows: Rows): Axes {
  const { dim } = rows
  const axes = new Float64Array(3 * dim)
  if (dim <= 3) {
    for (let a = 0; a < dim; a++) axes[a * dim + a] = 1
    return axes
  }
  const moment = secondMoment(rows)
  // A few more directions than are needed make the first three converge fast.
  const width = Math.min(8, dim)
  let basis = startOf(dim, width)
  let strengths = new Float64Array(width)
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const next = orthonormal(product(moment, basis, dim, width), dim, width)
    const turned = rayleighRitz(moment, next, dim, width)
    const moved = Math.max(
      ...[0, 1, 2].map((a) => Math.abs((turned.values[a] ?? 0) - (strengths[a] ?? 0))),
    )
    basis = turned.vectors
    strengths = turned.values
    if (sweep > 2 && moved <= 1e-13 * Math.max(strengths[0] ?? 0, 1e-300)) break
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

/** rowsᵀ·rows / n in float64, `[dim, dim]`; rows that are not finite are left out. */
function secondMoment(rows: Rows): Float64Array {
  const { data, dim } = rows
  const count = countOf(rows)
  const moment = new Float64Array(dim * dim)
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dim, i * dim + dim)
    if (!row.every(Number.isFinite)) continue
    for (let a = 0; a < dim; a++) {
      const value = (row[a] as number) / count
      const at = a * dim
      for (let b = a; b < dim; b++)
        moment[at + b] = (moment[at + b] as number) + value * (row[b] as number)
    }
  }
  for (let a = 0; a < dim; a++)
    for (let b = 0; b < a; b++) moment[a * dim + b] = moment[b * dim + a] ?? 0
  return moment
}

/** A start that no axis is orthogonal to by accident, the same every time. */
function startOf(dim: number, width: number): Float64Array {
  const start = Float64Array.from({ length: width * dim }, (_, i) => {
    const [w, d] = [Math.floor(i / dim), i % dim]
    return (d % width === w ? 1 : 0) + 0.1 * Math.cos(1 + 12.9898 * d + 78.233 * w)
  })
  return orthonormal(start, dim, width)
}

/** moment · each vector, `[width, dim]`. */
function product(
  moment: Float64Array,
  vectors: Float64Array,
  dim: number,
  width: number,
): Float64Array {
  const result = new Float64Array(width * dim)
  for (let w = 0; w < width; w++)
    for (let a = 0; a < dim; a++) {
      let sum = 0
      for (let b = 0; b < dim; b++)
        sum += (moment[a * dim + b] as number) * (vectors[w * dim + b] as number)
      result[w * dim + a] = sum
    }
  return result
}

/** Gram–Schmidt, twice for accuracy. A vector that the others already span becomes zero. */
function orthonormal(vectors: Float64Array, dim: number, width: number): Float64Array {
  const result = Float64Array.from(vectors)
  for (let w = 0; w < width; w++) {
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
  width: number,
): { readonly values: Float64Array<ArrayBuffer>; readonly vectors: Float64Array } {
  const image = product(moment, basis, dim, width)
  const small = new Float64Array(width * width)
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      small[i * width + j] = dot(
        basis.subarray(i * dim, i * dim + dim),
        image.subarray(j * dim, j * dim + dim),
      )
  const { values, vectors } = jacobi(small, width)
  const order = Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
  const turned = new Float64Array(width * dim)
  order.forEach((column, w) => {
    for (let i = 0; i < width; i++) {
      const share = vectors[i * width + column] ?? 0
      for (let d = 0; d < dim; d++)
        turned[w * dim + d] = (turned[w * dim + d] ?? 0) + share * (basis[i * dim + d] ?? 0)
    }
  })
  return { values: Float64Array.from(order, (i) => values[i] ?? 0), vectors: turned }
}

/** Eigenvalues and eigenvectors (columns) of a small symmetric matrix, by Jacobi rotations. */
export function jacobi(
  matrix: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = Float64Array.from(matrix)
  const vectors = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += (a[p * n + q] ?? 0) ** 2
    if (off < 1e-30) break
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q] ?? 0
        if (apq === 0) continue
        const theta = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        rotate(a, n, p, q, c, t * c, 'columns')
        rotate(a, n, p, q, c, t * c, 'rows')
        rotate(vectors, n, p, q, c, t * c, 'columns')
      }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i] ?? 0), vectors }
}

function rotate(
  a: Float64Array,
  n: number,
  p: number,
  q: number,
  c: number,
  s: number,
  what: 'rows' | 'columns',
): void {
  for (let k = 0; k < n; k++) {
    const i = what === 'columns' ? k * n + p : p * n + k
    const j = what === 'columns' ? k * n + q : q * n + k
    const x = a[i] ?? 0
    const y = a[j] ?? 0
    a[i] = c * x - s * y
    a[j] = s * x + c * y
  }
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
