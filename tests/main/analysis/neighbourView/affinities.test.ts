import { describe, expect, it } from 'vitest'
import { affinitiesOf, perplexity } from '../../../../src-main/analysis/neighbourView/affinities.ts'
import { nearestNeighbours } from '../../../../src-main/analysis/nearestNeighbours.ts'
import { madeRows } from '../madeRows.ts'

const rows = madeRows({ count: 200, dim: 12, centres: 5, spread: 0.2 })

describe('affinitiesOf', () => {
  it('is a symmetric matrix that sums to 1, its rows sorted', async () => {
    const nearest = await nearestNeighbours(rows.data, { dim: 12, k: 45 })
    const { count, offsets, ids, weights } = affinitiesOf(nearest)
    expect(count).toBe(200)
    const dense = new Float64Array(200 * 200)
    for (let i = 0; i < 200; i++)
      for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
        expect(e === offsets[i] || ids[e]! > ids[e - 1]!).toBe(true)
        dense[i * 200 + ids[e]!] = weights[e]!
      }
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12)
    for (let i = 0; i < 200; i++)
      for (let j = 0; j < 200; j++) expect(dense[i * 200 + j]).toBeCloseTo(dense[j * 200 + i]!, 15)
  })

  it('gives a row shares of the wanted perplexity', () => {
    // Each row lists the others only, none of which lists it back: the first row's entries are its own.
    const k = 45
    const ids = new Int32Array(46 * k).fill(-1)
    const cosines = new Float32Array(46 * k).fill(-Infinity)
    for (let j = 0; j < k; j++) {
      ids[j] = j + 1
      cosines[j] = 0.9 - 0.01 * j
    }
    const nearest = { ids, cosines, k, excluded: new Int32Array(0) }
    const { weights, offsets } = affinitiesOf(nearest)
    const shares = weights.subarray(0, offsets[1]).map((weight) => 2 * weight)
    const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0)
    expect(Math.exp(entropy)).toBeCloseTo(perplexity, 2)
    expect(shares[0]! / shares[1]!).toBeCloseTo(shares[10]! / shares[11]!, 3)
  })

  it('shares evenly among equally near rows, and gives rows without neighbours nothing', () => {
    const nearest = {
      ids: Int32Array.of(1, 2, 0, 2, 0, 1, -1, -1),
      cosines: Float32Array.of(1, 1, 1, 1, 1, 1, -Infinity, -Infinity),
      k: 2,
      excluded: Int32Array.of(3),
    }
    const { offsets, weights } = affinitiesOf(nearest)
    expect(Array.from(offsets)).toEqual([0, 2, 4, 6, 6])
    for (const weight of weights) expect(weight).toBeCloseTo(1 / 6, 12)
  })
})
