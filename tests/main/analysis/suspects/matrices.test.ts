import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../../../src-main/analysis/rowProducts.ts'
import { largestEigenpairs } from '../../../../src-main/analysis/suspects/eigenpairs.ts'
import { invert } from '../../../../src-main/analysis/suspects/invert.ts'
import { cellOf, rankGraph } from '../../../../src-main/analysis/suspects/rankGraph.ts'
import { symmetricEigen } from '../../../../src-main/analysis/suspects/symmetricEigen.ts'
import { random } from '../../../../src-main/numeric/random.ts'

let products: RowProducts
beforeAll(async () => {
  products = await openRowProducts()
})
afterAll(() => products.dispose())

/** A · Aᵀ / n + identity. */
function madeMatrix(n: number): Float64Array {
  const stream = random(n, 'matrix')
  const a = Float64Array.from({ length: n * n }, () => stream.normal())
  return Float64Array.from({ length: n * n }, (_, cell) => {
    const [i, j] = [Math.floor(cell / n), cell % n]
    let sum = i === j ? 1 : 0
    for (let k = 0; k < n; k++) sum += (a[i * n + k]! * a[j * n + k]!) / n
    return sum
  })
}

describe('invert', () => {
  it.each([1, 2, 64, 65, 150, 257])('gives the inverse of a matrix of %i rows', (n) => {
    const matrix = Float32Array.from(madeMatrix(n))
    const inverse = invert(matrix, n, products)
    for (let i = 0; i < n; i += 7)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let k = 0; k < n; k++) sum += inverse[i * n + k]! * matrix[k * n + j]!
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 4)
      }
  })
})

describe('symmetricEigen', () => {
  it.each([1, 2, 3, 40])('takes a matrix of %i rows apart', (n) => {
    const matrix = madeMatrix(n)
    const { values, vectors } = symmetricEigen(matrix, n)
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
    for (let m = 0; m < n; m++)
      for (let i = 0; i < n; i++) {
        let image = 0
        for (let j = 0; j < n; j++) image += matrix[i * n + j]! * vectors[m * n + j]!
        expect(image).toBeCloseTo(values[m]! * vectors[m * n + i]!, 9)
      }
  })

  it('keeps vectors of equal eigenvalues orthogonal', () => {
    const n = 12
    const ones = Float64Array.from({ length: n * n }, (_, cell) => (cell % (n + 1) === 0 ? 2 : 1))
    const { values, vectors } = symmetricEigen(ones, n)
    expect(values[0]).toBeCloseTo(n + 1, 10)
    expect(values[n - 1]).toBeCloseTo(1, 10)
    for (let a = 0; a < n; a++)
      for (let b = 0; b <= a; b++) {
        let sum = 0
        for (let i = 0; i < n; i++) sum += vectors[a * n + i]! * vectors[b * n + i]!
        expect(sum).toBeCloseTo(a === b ? 1 : 0, 10)
      }
  })
})

describe('rankGraph', () => {
  const k = 2
  const ids = Int32Array.of(1, 2, 0, 2, 3, 0, 2, -1)

  it('weighs each edge by both ranks, and by how strongly its ends are tied', () => {
    const graph = rankGraph(ids, k)
    const rank = (i: number, j: number) => {
      const place = ids.subarray(i * k, i * k + k).indexOf(j)
      return place < 0 ? k + 1 : place + 1
    }
    const weight = (i: number, j: number) =>
      i !== j && (rank(i, j) <= k || rank(j, i) <= k)
        ? 1 / Math.sqrt((1 + rank(i, j)) * (1 + rank(j, i)))
        : 0
    const all = [0, 1, 2, 3]
    const strength = all.map((i) => all.reduce((sum, j) => sum + weight(i, j), 0))
    for (const i of all)
      for (const j of all)
        expect(cellOf(graph, i, j)).toBeCloseTo(
          weight(i, j) / Math.sqrt(strength[i]! * strength[j]!),
          6,
        )
    expect(cellOf(graph, 3, 0)).toBe(0)
    expect(cellOf(graph, 0, 1)).toBeGreaterThan(0)
  })

  it('leaves rows without neighbours empty', () => {
    const graph = rankGraph(Int32Array.of(1, 0, -1), 1)
    expect([...graph.starts]).toEqual([0, 1, 2, 2])
    expect([...graph.values]).toEqual([1, 1])
  })
})

describe('largestEigenpairs', () => {
  /** Five rings of 24 with chords: five pieces, so five eigenvalues of 1. */
  const size = 24
  const pieces = 5
  const ids = Int32Array.from({ length: size * pieces * 3 }, (_, at) => {
    const [i, step] = [Math.floor(at / 3), [1, 2, 5][at % 3]!]
    return Math.floor(i / size) * size + (((i % size) + step) % size)
  })
  const graph = rankGraph(ids, 3)

  it('finds an eigenvalue as often as it is repeated, and the rest as a dense method does', async () => {
    const { values, vectors } = await largestEigenpairs(graph, 12, 6, products)
    const n = graph.count
    const dense = new Float64Array(n * n)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) dense[i * n + j] = cellOf(graph, i, j)
    const exact = symmetricEigen(dense, n).values
    for (const [m, value] of values.entries()) expect(value).toBeCloseTo(exact[m]!, 4)
    expect(values[4]).toBeCloseTo(1, 5)
    expect(values[5]).toBeLessThan(0.999)
    for (let m = 0; m < 12; m++) {
      let squares = 0
      for (let i = 0; i < n; i++) squares += vectors[m * n + i]! ** 2
      expect(squares).toBeCloseTo(1, 4)
    }
  })

  it('has no more pairs than rows', async () => {
    const small = rankGraph(Int32Array.of(1, 0, 1), 1)
    const { values } = await largestEigenpairs(small, 64, 14, products)
    expect(values).toHaveLength(3)
    expect(values[0]).toBeCloseTo(1, 5)
  })
})
