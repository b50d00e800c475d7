import { describe, expect, it } from 'vitest'
import { applySplits } from '../../../../src-main/analysis/clusters/applySplits.ts'
import type { Split } from '../../../../src-main/analysis/clusters/applySplits.ts'
import { partsOf } from '../../../../src-main/analysis/clusters/partsOf.ts'
import { subgraph } from '../../../../src-main/analysis/clusters/subgraph.ts'
import { nearestNeighbours } from '../../../../src-main/analysis/nearestNeighbours.ts'
import { affinitiesOf } from '../../../../src-main/analysis/neighbourView/affinities.ts'
import { madeRows } from '../madeRows.ts'

const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i)

async function graphOf(rows: { data: Float32Array; dim: number }) {
  return affinitiesOf(await nearestNeighbours(rows.data, { dim: rows.dim, k: 45 }))
}

describe('subgraph', () => {
  it('keeps the edges among some nodes, and no others', () => {
    const graph = {
      count: 4,
      offsets: Int32Array.of(0, 2, 4, 6, 8),
      ids: Int32Array.of(1, 3, 0, 2, 1, 3, 0, 2),
      weights: Float64Array.of(1, 2, 1, 3, 3, 4, 2, 4),
    }
    const inside = subgraph(graph, Int32Array.of(0, 2, 3))
    expect(inside).toEqual({
      count: 3,
      offsets: Int32Array.of(0, 1, 2, 4),
      ids: Int32Array.of(2, 2, 0, 1),
      weights: Float64Array.of(2, 4, 2, 4),
    })
  })
})

describe('partsOf', () => {
  it('finds the groups that one cluster holds, whatever else there is', async () => {
    const rows = madeRows({ count: 300, dim: 16, centres: 6, spread: 0.1 })
    const members = all(300).filter((i) => i % 6 < 3)
    const parts = await partsOf(rows, members, await graphOf(rows))
    expect(new Set(parts).size).toBe(3)
    members.forEach((row, i) => expect(parts![i]).toBe(parts![row % 6]))
  })

  it('halves one that is of one piece, the larger half first', async () => {
    const rows = madeRows({ count: 90, dim: 8, centres: 1, spread: 0.2 })
    const parts = await partsOf(rows, all(90), await graphOf(rows))
    const sizes = [0, 1].map((part) => parts!.filter((one) => one === part).length)
    expect(sizes[0]! + sizes[1]!).toBe(90)
    expect(sizes[0]).toBeGreaterThanOrEqual(sizes[1]!)
    expect(sizes[1]).toBeGreaterThanOrEqual(9)
  })

  it('halves what the graph never parts by k-means', async () => {
    // Four rows that are all neighbours of each other, two and two.
    const data = Float32Array.from([0, 0.1, 0.8, 0.9].flatMap((at) => [Math.cos(at), Math.sin(at)]))
    const rows = { data, dim: 2 }
    const whole = { count: 4, offsets: Int32Array.of(0, 0, 0, 0, 0), ids: new Int32Array(0) }
    const parts = await partsOf(rows, all(4), { ...whole, weights: new Float64Array(0) })
    expect([...parts!]).toEqual([0, 0, 1, 1])
  })

  it('has none for one image, and none where all lie at one place', async () => {
    const rows = madeRows({ count: 40, dim: 4, centres: 1, spread: 0 })
    const graph = await graphOf(rows)
    expect(await partsOf(rows, all(40), graph)).toBeNull()
    expect(await partsOf(rows, Int32Array.of(3), graph)).toBeNull()
  })
})

describe('applySplits', () => {
  /** Rows at angles, in degrees. */
  const at = (...degrees: number[]) => ({
    data: Float32Array.from(
      degrees.flatMap((angle) => [
        Math.cos((angle * Math.PI) / 180),
        Math.sin((angle * Math.PI) / 180),
      ]),
    ),
    dim: 2,
  })
  const rows = at(0, 1, 2, 20, 21, 90, 91, 92)
  const base = Int32Array.of(4, 4, 4, 4, 4, 7, 7, 7)
  const split: Split = {
    of: 4,
    parts: [
      { number: 9, rows: Int32Array.of(0, 1, 2) },
      { number: 10, rows: Int32Array.of(3, 4) },
    ],
  }

  it('cuts the cluster as it was cut, and says which came from which', () => {
    const { numbers, splitFrom } = applySplits(rows, base, [split])
    expect([...numbers]).toEqual([9, 9, 9, 10, 10, 7, 7, 7])
    expect([...splitFrom]).toEqual([
      [9, 4],
      [10, 4],
    ])
    expect([...applySplits(rows, base, []).numbers]).toEqual([...base])
  })

  it('gives rows that came later to the part that is nearest', () => {
    const more = at(0, 1, 2, 20, 21, 90, 91, 92, 4, 17)
    const found = applySplits(more, Int32Array.of(...base, 4, 4), [split])
    expect([...found.numbers]).toEqual([9, 9, 9, 10, 10, 7, 7, 7, 9, 10])
  })

  it('names the parts where they are clusters of their own, and cuts nothing', () => {
    const fine = Int32Array.of(4, 4, 4, 8, 8, 7, 7, 7)
    const { numbers, splitFrom } = applySplits(rows, fine, [split])
    expect([...numbers]).toEqual([9, 9, 9, 10, 10, 7, 7, 7])
    expect(splitFrom.size).toBe(0)
  })

  it('leaves a cluster alone that is mostly another one', () => {
    const joined = new Int32Array(8).fill(4)
    const big = at(0, 1, 2, 20, 21, 90, 91, 92, 93, 94, 95, 96)
    expect([...applySplits(rows, joined, [split]).numbers]).toEqual([9, 9, 9, 10, 10, 10, 10, 10])
    expect([...applySplits(big, new Int32Array(12).fill(4), [split]).numbers]).toEqual(
      new Array(12).fill(4),
    )
  })

  it('cuts parts again, and leaves rows without a cluster out', () => {
    const again: Split = {
      of: 9,
      parts: [
        { number: 11, rows: Int32Array.of(0, 1) },
        { number: 12, rows: Int32Array.of(2) },
      ],
    }
    const { numbers, splitFrom } = applySplits(rows, Int32Array.of(4, 4, 4, 4, -1, 7, 7, 7), [
      split,
      again,
    ])
    expect([...numbers]).toEqual([11, 11, 12, 10, -1, 7, 7, 7])
    expect(splitFrom.get(12)).toBe(9)
  })
})
