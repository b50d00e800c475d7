import { setImmediate as nextTurn } from 'node:timers/promises'
import { random } from '../../numeric/random.ts'
import type { RowProducts } from '../rowProducts.ts'
import type { SparseSymmetric } from './rankGraph.ts'
import { symmetricEigen } from './symmetricEigen.ts'

/** Vectors that are multiplied together: more than any eigenvalue is likely to be repeated. */
const blockSize = 16

/** Largest eigenvalues, descending, and their unit vectors. */
export interface Eigenpairs {
  /** `[pairs]` */
  readonly values: Float64Array
  /** One a row, `[pairs, count]`. */
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
  products: RowProducts,
): Promise<Eigenpairs> {
  const { count } = matrix
  const most = Math.min(blockSize * (blocks + 1), count)
  const basis = new Basis(count, most, products)
  const stream = random(0, 'eigenpairs')
  basis.add(
    Float32Array.from({ length: Math.min(blockSize, count) * count }, () => stream.normal()),
  )
  // The images under S of each basis vector, in the same order.
  const images = new Float32Array(most * count)
  for (let done = 0; done < basis.size;) {
    const size = Math.min(blockSize, basis.size - done)
    const block = images.subarray(done * count, (done + size) * count)
    multiply(matrix, basis.vectors.subarray(done * count, (done + size) * count), block, size)
    done += size
    if (done === basis.size && basis.size < most) basis.add(block.slice())
    await nextTurn()
  }
  return rayleighRitz(basis, images, Math.min(wanted, basis.size), products)
}

/** Orthonormal vectors. */
class Basis {
  size = 0
  readonly most: number
  readonly count: number
  /** One a row, `[most, count]`; zero beyond `size`. */
  readonly vectors: Float32Array
  /** One a column, `[count, most]`. */
  readonly columns: Float32Array
  private readonly products: RowProducts

  constructor(count: number, most: number, products: RowProducts) {
    this.count = count
    this.most = most
    this.vectors = new Float32Array(most * count)
    this.columns = new Float32Array(count * most)
    this.products = products
  }

  /** Takes what is new in some vectors; nothing of those that lie in the span already. */
  add(block: Float32Array): void {
    const { count } = this
    const size = block.length / count
    const before = Array.from({ length: size }, (_, v) =>
      norm(block.subarray(v * count, (v + 1) * count)),
    )
    // Twice: once leaves the rounding errors of what it takes away.
    this.takeAwayKnown(block, size)
    this.takeAwayKnown(block, size)
    const known = this.size
    for (let v = 0; v < size && this.size < this.most; v++) {
      const vector = block.subarray(v * count, (v + 1) * count)
      for (let pass = 0; pass < 2; pass++)
        for (let q = known; q < this.size; q++) takeAway(vector, this.vectors, q * count)
      const after = norm(vector)
      if (!(after > 1e-5 * (before[v] ?? 0))) continue
      for (let i = 0; i < count; i++) {
        const value = (vector[i] as number) / after
        this.vectors[this.size * count + i] = value
        this.columns[i * this.most + this.size] = value
      }
      this.size += 1
    }
  }

  private takeAwayKnown(block: Float32Array, size: number): void {
    if (this.size === 0) return
    const { count, most, products } = this
    const along = new Float32Array(size * most)
    products.multiply(block, this.vectors, count, along)
    const shadow = new Float32Array(block.length)
    products.multiply(along, this.columns, most, shadow)
    for (let i = 0; i < block.length; i++) block[i] = (block[i] as number) - (shadow[i] as number)
  }
}

function takeAway(vector: Float32Array, from: Float32Array, start: number): void {
  let along = 0
  for (let i = 0; i < vector.length; i++)
    along += (vector[i] as number) * (from[start + i] as number)
  for (let i = 0; i < vector.length; i++)
    vector[i] = (vector[i] as number) - along * (from[start + i] as number)
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
  basis: Basis,
  images: Float32Array,
  pairs: number,
  products: RowProducts,
): Eigenpairs {
  const { size, count, most, vectors, columns } = basis
  const known = vectors.subarray(0, size * count)
  const small = new Float32Array(size * size)
  products.multiply(known, images.subarray(0, size * count), count, small)
  const symmetric = Float64Array.from(small, (value, at) => {
    const [a, b] = [Math.floor(at / size), at % size]
    return (value + (small[b * size + a] as number)) / 2
  })
  const { values, vectors: mixed } = symmetricEigen(symmetric, size)
  const weights = new Float32Array(pairs * most)
  for (let m = 0; m < pairs; m++) weights.set(mixed.subarray(m * size, (m + 1) * size), m * most)
  const found = new Float32Array(pairs * count)
  products.multiply(weights, columns, most, found)
  return { values: values.slice(0, pairs), vectors: found }
}

function norm(vector: Float32Array): number {
  let squares = 0
  for (let i = 0; i < vector.length; i++) squares += (vector[i] as number) ** 2
  return Math.sqrt(squares)
}
