import { Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { DrawOrder } from '../../../src-renderer/sphere/drawOrder.ts'
import { numbers, spread } from './made.ts'

const n = 5000
const eye = new Vector3(1.2, -3.1, 2.4)

function made(kindOf: (row: number) => number, positions = spread(n, numbers(3))) {
  const order = new DrawOrder()
  order.setPositions(positions)
  order.setKinds(kindOf)
  const rows = new Uint32Array(order.endOf(2))
  order.write(eye, rows)
  return { order, rows, positions }
}

describe('the order in which points are drawn', () => {
  it('holds every row that is not hidden, once', () => {
    const { rows } = made((row) => (row % 5) - 2)
    const expected = Array.from({ length: n }, (_, row) => row).filter((row) => row % 5 > 1)
    expect([...rows].sort((a, b) => a - b)).toEqual(expected)
  })

  it('goes by kind first, and tells where each ends', () => {
    const { order, rows } = made((row) => row % 3)
    const found = [...rows].map((row) => row % 3)
    expect(found).toEqual([...found].sort((a, b) => a - b))
    expect(order.endOf(0)).toBe(found.lastIndexOf(0) + 1)
    expect(order.endOf(1)).toBe(found.lastIndexOf(1) + 1)
  })

  it('draws the far side before the near one, but for what lies about the outline', () => {
    const { rows, positions } = made(() => 1)
    const nearness = [...rows].map((row) => eye.dot(new Vector3().fromArray(positions, 3 * row)))
    const lastFar = nearness.findLastIndex((depth) => depth < 0.5)
    const firstNear = nearness.findIndex((depth) => depth > 1.5)
    expect(lastFar).toBeGreaterThan(1500)
    expect(firstNear).toBeGreaterThan(lastFar)
  })

  it('goes from place to place, so that one after the other lies near it', () => {
    const { rows, positions } = made(() => 0)
    const at = (row: number | undefined) => new Vector3().fromArray(positions, 3 * (row ?? 0))
    const steps = [...rows].slice(1).map((row, i) => at(row).distanceTo(at(rows[i])))
    expect(steps.filter((step) => step < 0.25).length).toBeGreaterThan(0.97 * steps.length)
  })

  it('draws the later of two rows at one place over the earlier, from wherever it is seen', () => {
    const same = new Float32Array(3 * n)
    for (let row = 0; row < n; row++) same.set([0.6, 0, 0.8], 3 * row)
    const { order, rows } = made(() => 1, same)
    expect([...rows]).toEqual(Array.from({ length: n }, (_, row) => row))
    order.write(eye.clone().negate(), rows)
    expect(rows[n - 1]).toBe(n - 1)
  })

  it('takes poles, corners of cells and no rows at all', () => {
    const poles = Float32Array.of(
      0,
      1,
      0,
      0,
      -1,
      0,
      0,
      0,
      -1,
      -1,
      0,
      0,
      0,
      0,
      1,
      1,
      0,
      0,
      0,
      -1,
      -0,
    )
    expect(made(() => 0, poles).rows.length).toBe(7)
    expect(made(() => 0, new Float32Array(0)).rows.length).toBe(0)
  })
})
