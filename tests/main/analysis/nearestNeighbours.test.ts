import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nearestNeighbours } from '../../../src-main/analysis/nearestNeighbours.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../src-main/numeric/random.ts'

let engine: EngineContext
beforeAll(async () => {
  engine = await openEngine('wasm')
})
afterAll(() => engine.dispose())

/** Unit rows; few directions give many negative cosines, many give few. */
function unitRows(n: number, dim: number, seed = 1): Float32Array {
  const rows = new Float32Array(n * dim)
  for (let i = 0; i < n; i++) {
    const stream = random(seed, 'rows', i)
    const row = Float64Array.from({ length: dim }, () => stream.normal())
    const norm = Math.hypot(...row)
    row.forEach((value, d) => (rows[i * dim + d] = value / norm))
  }
  return rows
}

/** By sorting all cosines in float64. */
function sorted(rows: Float32Array, dim: number, k: number) {
  const n = rows.length / dim
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      let cosine = 0
      for (let d = 0; d < dim; d++) cosine += rows[i * dim + d]! * rows[j * dim + d]!
      return { j, cosine }
    })
      .filter(({ j }) => j !== i)
      .sort((a, b) => b.cosine - a.cosine || a.j - b.j)
      .slice(0, k),
  )
}

describe.each(['onnx', 'tensors', 'plain'] as const)('nearestNeighbours by %s products', (kind) => {
  // 1100 rows make three tiles a side, the last one of an odd size.
  it.each([
    [1101, 8, 12],
    [515, 3, 5],
    [40, 16, 39],
  ])('finds what sorting %i rows of %i numbers finds', async (n, dim, k) => {
    const rows = unitRows(n, dim)
    const found = await nearestNeighbours(rows, { dim, k, products: kind })
    const truth = sorted(rows, dim, k)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < k; j++) {
        // Float32 may swap two that are equal up to rounding, so the cosines are compared.
        expect(found.cosines[i * k + j]).toBeCloseTo(truth[i]![j]!.cosine, 5)
      }
    const same = truth.flat().filter(({ j }, at) => found.ids[at] === j).length
    expect(same / (n * k)).toBeGreaterThan(0.999)
    expect(found.excluded).toHaveLength(0)
  })

  it('puts equal rows in the order of their index, and is not its own neighbour', async () => {
    const dim = 4
    const rows = new Float32Array(1100 * dim)
    for (let i = 0; i < 1100; i++) rows[i * dim + (i % 2)] = 1
    const { ids, cosines } = await nearestNeighbours(rows, { dim, k: 3, products: kind })
    expect(Array.from(ids.subarray(0, 6))).toEqual([2, 4, 6, 3, 5, 7])
    expect(Array.from(ids.subarray(3 * 1098))).toEqual([0, 2, 4, 1, 3, 5])
    expect(cosines.every((cosine) => cosine === 1)).toBe(true)
  })

  it('leaves rows out that are not finite, and says which', async () => {
    const dim = 6
    const rows = unitRows(700, dim)
    rows[3 * dim + 2] = NaN
    rows[600 * dim] = Infinity
    const { ids, cosines, excluded } = await nearestNeighbours(rows, { dim, k: 5, products: kind })
    expect(Array.from(excluded)).toEqual([3, 600])
    expect(Array.from(ids.subarray(15, 20))).toEqual([-1, -1, -1, -1, -1])
    expect(cosines[600 * 5]).toBe(-Infinity)
    expect(ids.includes(3) || ids.includes(600)).toBe(false)
    const kept = rows.filter((_, i) => ![3, 600].includes(Math.floor(i / dim)))
    const alone = await nearestNeighbours(kept, { dim, k: 5, products: kind })
    expect(Array.from(alone.cosines.subarray(0, 15))).toEqual(Array.from(cosines.subarray(0, 15)))
  })

  it('fills short lists with −1', async () => {
    const found = await nearestNeighbours(unitRows(3, 5), { dim: 5, k: 4, products: kind })
    expect(Array.from(found.ids.subarray(2, 4))).toEqual([-1, -1])
    const none = await nearestNeighbours(new Float32Array(0), { dim: 5, k: 4, products: kind })
    expect(none.ids).toHaveLength(0)
  })
})

describe('nearestNeighbours', () => {
  it('gives the same lists each time, with cosines that are the same from both sides', async () => {
    const [n, dim, k] = [1300, 32, 40]
    const rows = unitRows(n, dim, 2)
    const first = await nearestNeighbours(rows, { dim, k })
    const second = await nearestNeighbours(rows, { dim, k })
    expect(second).toEqual(first)
    let pairs = 0
    for (let i = 0; i < n; i++)
      for (let a = 0; a < k; a++) {
        const j = first.ids[i * k + a]!
        const back = first.ids.subarray(j * k, j * k + k).indexOf(i)
        if (back < 0) continue
        pairs += 1
        expect(first.cosines[j * k + back]).toBe(first.cosines[i * k + a])
      }
    expect(pairs).toBeGreaterThan(n)
  })

  it('tells how far it is, and stops when it is told to', async () => {
    const rows = unitRows(4000, 8)
    const shares: number[] = []
    await nearestNeighbours(rows, { dim: 8, k: 3, onProgress: (share) => shares.push(share) })
    expect(shares.length).toBeGreaterThan(1)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
    const abort = new AbortController()
    const stopped = nearestNeighbours(rows, {
      dim: 8,
      k: 3,
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    })
    await expect(stopped).rejects.toThrow('enough')
  })
})
