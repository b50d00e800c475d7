import { describe, expect, it } from 'vitest'
import { nearestNeighbours } from '../../../../src-main/analysis/nearestNeighbours.ts'
import { neighboursAsked } from '../../../../src-main/analysis/neighbourView/affinities.ts'
import {
  largestMotion,
  neighbourLayout,
  ownMotionOf,
} from '../../../../src-main/analysis/neighbourView/neighbourLayout.ts'
import { project } from '../../../../src-main/analysis/linearView.ts'
import type { Rows } from '../../../../src-main/analysis/neighbours.ts'
import { principalAxes } from '../../../../src-main/analysis/principalAxes.ts'
import { madeRows } from '../madeRows.ts'

const made = { count: 600, dim: 32, centres: 12, spread: 0.13 }

function cosine(a: Float32Array, i: number, b: Float32Array, j: number): number {
  return [0, 1, 2].reduce((sum, d) => sum + (a[3 * i + d] as number) * (b[3 * j + d] as number), 0)
}

const nearestOf = (rows: Rows) =>
  nearestNeighbours(rows.data, { dim: rows.dim, k: neighboursAsked })

/** Share of the 10 nearest points that are among the row's 10 true neighbours. */
async function kept(rows: Rows, positions: Float32Array): Promise<number> {
  const [truth, shown] = await Promise.all([
    nearestNeighbours(rows.data, { dim: rows.dim, k: 10 }),
    nearestNeighbours(positions, { dim: 3, k: 10 }),
  ])
  let common = 0
  for (let i = 0; i < truth.ids.length; i += 10) {
    const near = new Set(truth.ids.subarray(i, i + 10))
    for (const id of shown.ids.subarray(i, i + 10)) if (near.has(id)) common += 1
  }
  return common / truth.ids.length
}

/** Degrees, of chosen points. */
function median(before: Float32Array, after: Float32Array, isChosen: (i: number) => boolean) {
  const motions = Array.from({ length: before.length / 3 }, (_, i) => i)
    .filter(isChosen)
    .map((i) => largestMotion(before.subarray(3 * i, 3 * i + 3), after.subarray(3 * i, 3 * i + 3)))
  return motions.sort((a, b) => a - b)[motions.length >> 1]!
}

function expectOnSphere(positions: Float32Array, count: number): void {
  expect(positions).toHaveLength(3 * count)
  for (let at = 0; at < positions.length; at += 3)
    expect(Math.hypot(...positions.subarray(at, at + 3))).toBeCloseTo(1, 5)
}

describe('neighbourLayout', () => {
  it('keeps far more neighbours than the principal axes do, the same each time', async () => {
    const rows = madeRows(made)
    const nearest = await nearestOf(rows)
    const positions = await neighbourLayout(rows, nearest)
    expectOnSphere(positions, made.count)
    const linear = await kept(rows, project(rows, principalAxes(rows)))
    expect(await kept(rows, positions)).toBeGreaterThan(1.7 * linear)
    expect(await neighbourLayout(rows, nearest)).toEqual(positions)
  })

  it('uses much of the sphere for few rows too', async () => {
    const rows = madeRows({ count: 300, dim: 32, centres: 3, spread: 0.5 })
    const positions = await neighbourLayout(rows, await nearestOf(rows))
    // Of directions all around, the share that has a point within 15 degrees.
    const directions = madeRows({ count: 500, dim: 3, centres: 500, spread: 0 })
    const isNear = (d: number) =>
      Array.from({ length: 300 }, (_, i) => i).some(
        (i) => cosine(directions.data, d, positions, i) > Math.cos(Math.PI / 12),
      )
    const near = Array.from({ length: 500 }, (_, d) => d).filter(isNear).length / 500
    expect(near).toBeGreaterThan(0.7)
  })

  it('moves nothing at all between two epochs that are the same', async () => {
    const rows = madeRows(made)
    const nearest = await nearestOf(rows)
    const positions = await neighbourLayout(rows, nearest)
    expect(await ownMotionOf(rows, { positions, nearest })).toBe(0)
  })

  it('lets what did not change stay, and brings what changed to its new neighbours', async () => {
    const before = madeRows(made)
    const around = await nearestOf(before)
    const earlier = { nearest: around, positions: await neighbourLayout(before, around) }
    // A third of one group joins another one.
    const after = { dim: 32, data: before.data.slice() }
    const joins = (i: number) => i % 12 === 0 && i < 200
    for (let i = 0; i < made.count; i++)
      if (joins(i)) after.data.set(before.data.subarray((i + 5) * 32, (i + 6) * 32), i * 32)
    const nearest = await nearestOf(after)
    const positions = await neighbourLayout(after, nearest, { earlier })
    expectOnSphere(positions, made.count)
    // Half of the way from point to point, were they spread evenly.
    const little = (90 / Math.PI) * Math.sqrt((4 * Math.PI) / made.count)
    expect(median(earlier.positions, positions, (i) => i % 12 !== 0 && i % 12 !== 5)).toBeLessThan(
      little,
    )
    expect(median(earlier.positions, positions, joins)).toBeGreaterThan(10)
    expect(await kept(after, positions)).toBeGreaterThan(
      0.9 * (await kept(before, earlier.positions)),
    )
    const cold = await neighbourLayout(after, nearest)
    expect(median(earlier.positions, cold, () => true)).toBeGreaterThan(
      median(earlier.positions, positions, () => true),
    )
  })

  it('moves points when their neighbours change little by little', async () => {
    const before = madeRows(made)
    const nearest = await nearestOf(before)
    const positions = await neighbourLayout(before, nearest)
    const after = madeRows({ ...made, moved: 4, draw: 2 })
    const next = await neighbourLayout(after, await nearestOf(after), {
      earlier: { positions, nearest },
    })
    expect(median(positions, next, (i) => i % 12 < 4)).toBeGreaterThan(2)
    expect(median(positions, next, (i) => i % 12 >= 4)).toBeLessThan(2.5)
  })

  it.each([0, 1, 2, 3, 4, 10])('lays %i rows out', async (count) => {
    const rows = madeRows({ ...made, count })
    const nearest = await nearestOf(rows)
    const positions = await neighbourLayout(rows, nearest)
    expectOnSphere(positions, count)
    expect(await ownMotionOf(rows, { positions, nearest })).toBe(0)
  })

  it.each([
    ['equal rows', new Float32Array(800).map((_, i) => (i % 8 === 3 ? 1 : 0)), 8],
    ['zero rows', new Float32Array(800), 8],
    ['rows of one number', new Float32Array(100).map((_, i) => (i % 2 ? 1 : -1)), 1],
    ['rows of two numbers', madeRows({ ...made, count: 100, dim: 2 }).data, 2],
    ['rows of three numbers', madeRows({ ...made, count: 100, dim: 3 }).data, 3],
    ['rows of 512 numbers', madeRows({ ...made, count: 100, dim: 512 }).data, 512],
  ])('lays %s out', async (_, data, dim) => {
    const rows = { data, dim }
    expectOnSphere(await neighbourLayout(rows, await nearestOf(rows)), data.length / dim)
  })

  it('puts rows that are not finite at the first axis, and lays the others out without them', async () => {
    const rows = madeRows({ ...made, count: 100 })
    rows.data[5 * 32] = NaN
    const positions = await neighbourLayout(rows, await nearestOf(rows))
    expectOnSphere(positions, 100)
    expect(Array.from(positions.subarray(15, 18))).toEqual([1, 0, 0])
    expect(await ownMotionOf(rows, { positions, nearest: await nearestOf(rows) })).toBe(0)
  })

  it('tells how far it is, and stops when it is told to', async () => {
    const rows = madeRows({ ...made, count: 300 })
    const nearest = await nearestOf(rows)
    const shares: number[] = []
    await neighbourLayout(rows, nearest, { onProgress: (share) => shares.push(share) })
    expect(shares.length).toBeGreaterThan(0)
    const abort = new AbortController()
    const onProgress = () => abort.abort(new Error('enough'))
    await expect(
      neighbourLayout(rows, nearest, { signal: abort.signal, onProgress }),
    ).rejects.toThrow('enough')
  })
})
