import type { RowProducts } from '../rowProducts.ts'

/** Up to this size a matrix is inverted by elimination; larger ones are taken apart. */
const leaf = 64

/**
 * Inverse of a symmetric positive definite matrix, by halves and Schur complements, so that nearly all of
 * its work is products of matrices.
 *
 * @param matrix `[n, n]`; the caller keeps it well conditioned, since products are float32
 * @returns `[n, n]`
 */
export function invert(matrix: Float32Array, n: number, products: RowProducts): Float32Array {
  if (n <= leaf) return eliminate(matrix, n)
  const half = n >> 1
  const rest = n - half
  const corner = part(matrix, n, [0, half], [0, half])
  const below = part(matrix, n, [half, n], [0, half])
  const product = (a: Float32Array, b: Float32Array, dim: number, size: number) => {
    const out = new Float32Array(size)
    products.multiply(a, b, dim, out)
    return out
  }
  const inner = invert(corner, half, products)
  // B = A₂₁ A₁₁⁻¹, and C = A₂₂ − B A₂₁ᵀ.
  const b = product(below, inner, half, rest * half)
  const complement = part(matrix, n, [half, n], [half, n])
  const taken = product(b, below, half, rest * rest)
  for (let i = 0; i < complement.length; i++)
    complement[i] = (complement[i] as number) - (taken[i] as number)
  const outer = invert(complement, rest, products)
  // X₂₁ = −C⁻¹ B, and X₁₁ = A₁₁⁻¹ + Bᵀ C⁻¹ B.
  const transposed = transpose(b, rest, half)
  const side = product(outer, transposed, rest, rest * half)
  const added = product(transposed, transpose(side, rest, half), rest, half * half)

  const inverse = new Float32Array(n * n)
  for (let i = 0; i < half; i++)
    for (let j = 0; j < half; j++)
      inverse[i * n + j] = (inner[i * half + j] as number) + (added[i * half + j] as number)
  for (let i = 0; i < rest; i++) {
    for (let j = 0; j < half; j++) {
      const value = -(side[i * half + j] as number)
      inverse[(half + i) * n + j] = value
      inverse[j * n + half + i] = value
    }
    inverse.set(outer.subarray(i * rest, (i + 1) * rest), (half + i) * n + half)
  }
  return inverse
}

/** Gauss and Jordan, without pivots: a positive definite matrix needs none. */
function eliminate(matrix: Float32Array, n: number): Float32Array {
  const a = Float64Array.from(matrix)
  for (let p = 0; p < n; p++) {
    const pivot = 1 / (a[p * n + p] as number)
    a[p * n + p] = 1
    for (let j = 0; j < n; j++) a[p * n + j] = (a[p * n + j] as number) * pivot
    for (let i = 0; i < n; i++) {
      const factor = a[i * n + p] as number
      if (i === p || factor === 0) continue
      a[i * n + p] = 0
      for (let j = 0; j < n; j++)
        a[i * n + j] = (a[i * n + j] as number) - factor * (a[p * n + j] as number)
    }
  }
  return Float32Array.from(a)
}

type Range = readonly [from: number, to: number]

function part(matrix: Float32Array, n: number, rows: Range, columns: Range): Float32Array {
  const width = columns[1] - columns[0]
  const cut = new Float32Array((rows[1] - rows[0]) * width)
  for (let i = rows[0]; i < rows[1]; i++)
    cut.set(matrix.subarray(i * n + columns[0], i * n + columns[1]), (i - rows[0]) * width)
  return cut
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(matrix.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = matrix[i * columns + j] as number
  return turned
}
