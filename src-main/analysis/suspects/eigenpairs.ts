import { setImmediate as nextTurn } from 'node:timers/promises'
import { random } from '../../numeric/random.ts'
import type { SparseSymmetric } from './rankGraph.ts'
import { symmetricEigen } from './symmetricEigen.ts'

/** Vectors that are multiplied together: more than any eigenvalue is likely to be repeated. */
const blockSize = 16

/** Largest eigenvalues, descending, and their unit vectors, one a row. */
export interface Eigenpairs {
  /** `[pairs]` */
  readonly values: Float64Array
  /** `[pairs, count]` */
  readonly vectors: Float32Array
}

/**
 * The largest eigenpairs of a sparse symmetric matrix, by block Lanczos with full orthogonalisation: the
 * best approximation within the span of X, S X, S² X, … (Golub & Underwood, 1977). A block, because a
 * graph in several pieces has the eigenvalue 1 once for each piece. The start is fixed, so the result is.
 *
 * @param wanted number of pairs; as many as there are rows at most
 * @param blocks powers of S, beside the start: more are more exact in the small ones among the wanted
 */
export async function largestEigenpairs(
  matrix: SparseSymmetric,
  wanted: number,
  blocks: number,
): Promise<Eigenpairs> {
  const { count } = matrix
  const most = Math.min(blockSize * (blocks + 1), count)
  const basis = new Basis(count, most)
  const stream = random(0, 'eigenpairs')
  const start = Float32Array.from({ length: blockSize * count }, () => stream.normal())
  basis.add(start)
  // The images under S of each basis vector, in the same order.
  const images = new Float32Array(most * count)
  let multiplied = 0
  while (multiplied < basis.size) {
    const last = basis.size
    for (let q = multiplied; q < last; q += blockSize) {
      const size = Math.min(blockSize, last - q)
      multiply(matrix, basis.rows(q, size), images.subarray(q * count, (q + size) * count), size)
    }
    const block = images.slice(multiplied * count, last * count)
    multiplied = last
    if (basis.size < most) basis.add(block)
    await nextTurn()
  }
  return rayleighRitz(basis.rows(0, basis.size), images, { count, size: basis.size, wanted })
}

/** Orthonormal vectors, one a row. */
class Basis {
  size = 0
  private readonly data: Float32Array
  private readonly count: number
  private readonly most: number

  constructor(count: number, most: number) {
    this.count = count
    this.most = most
    this.data = new Float32Array(count * most)
  }

  rows(from: number, size: number): Float32Array {
    return this.data.subarray(from * this.count, (from + size) * this.count)
  }

  /** Takes what is new in some vectors; nothing of those that lie in the span already. */
  add(vectors: Float32Array): void {
    const { count } = this
    for (let v = 0; v < vectors.length && this.size < this.most; v += count) {
      const vector = vectors.subarray(v, v + count)
      const before = norm(vector)
      // Twice: once leaves the rounding errors of what it takes away.
      this.takeAway(vector)
      this.takeAway(vector)
      const after = norm(vector)
      if (!(after > 1e-5 * before) || before === 0) continue
      for (let i = 0; i < count; i++) vector[i] = (vector[i] as number) / after
      this.data.set(vector, this.size * count)
      this.size += 1
    }
  }

  private takeAway(vector: Float32Array): void {
    const { count, data } = this
    for (let q = 0; q < this.size; q++) {
      const from = q * count
      let along = 0
      for (let i = 0; i < count; i++) along += (vector[i] as number) * (data[from + i] as number)
      for (let i = 0; i < count; i++)
        vector[i] = (vector[i] as number) - along * (data[from + i] as number)
    }
  }
}

/** Y = S X for a few vectors, each a row of `x` and `y`. */
function multiply(
  { count, starts, columns, values }: SparseSymmetric,
  x: Float32Array,
  y: Float32Array,
  size: number,
): void {
  // One column of numbers an image, so that each neighbour is one read of the memory.
  const packed = new Float32Array(count * size)
  for (let q = 0; q < size; q++)
    for (let i = 0; i < count; i++) packed[i * size + q] = x[q * count + i] as number
  const sums = new Float64Array(size)
  for (let i = 0; i < count; i++) {
    sums.fill(0)
    for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
      const from = (columns[at] as number) * size
      const value = values[at] as number
      for (let q = 0; q < size; q++)
        sums[q] = (sums[q] as number) + value * (packed[from + q] as number)
    }
    for (let q = 0; q < size; q++) y[q * count + i] = sums[q] as number
  }
}

function rayleighRitz(
  basis: Float32Array,
  images: Float32Array,
  {
    count,
    size,
    wanted,
  }: { readonly count: number; readonly size: number; readonly wanted: number },
): Eigenpairs {
  const small = new Float64Array(size * size)
  for (let a = 0; a < size; a++)
    for (let b = a; b < size; b++) {
      let sum = 0
      const [p, q] = [a * count, b * count]
      for (let i = 0; i < count; i++) sum += (basis[p + i] as number) * (images[q + i] as number)
      small[a * size + b] = sum
      small[b * size + a] = sum
    }
  const { values, vectors: mixed } = symmetricEigen(small, size)
  const pairs = Math.min(wanted, size)
  const vectors = new Float32Array(pairs * count)
  for (let m = 0; m < pairs; m++) {
    const to = vectors.subarray(m * count, (m + 1) * count)
    for (let q = 0; q < size; q++) {
      const weight = mixed[m * size + q] as number
      for (let i = 0; i < count; i++)
        to[i] = (to[i] as number) + weight * (basis[q * count + i] as number)
    }
  }
  return { values: values.slice(0, pairs), vectors }
}

function norm(vector: Float32Array): number {
  let squares = 0
  for (let i = 0; i < vector.length; i++) squares += (vector[i] as number) ** 2
  return Math.sqrt(squares)
}
