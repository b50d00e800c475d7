import { expect, it } from 'vitest'
import { rowsOf } from '../../../src-renderer/sphere/frameRows.ts'
import { easeInOut, easeOut, slerpRows, startOf } from '../../../src-renderer/sphere/transition.ts'
import { numbers, spread } from './made.ts'

function angle(a: Float32Array, b: Float32Array, row: number): number {
  const at = 3 * row
  const dot = [0, 1, 2].reduce((sum, c) => sum + a[at + c]! * b[at + c]!, 0)
  return Math.acos(Math.max(-1, Math.min(1, dot)))
}

it('moves each row along its great circle at an even pace', () => {
  const next = numbers(3)
  const [from, to] = [spread(200, next), spread(200, next)]
  for (const t of [0, 0.25, 0.6, 1]) {
    const between = slerpRows(from, to, t)
    for (let row = 0; row < 200; row++) {
      const whole = angle(from, to, row)
      expect(angle(from, between, row)).toBeCloseTo(t * whole, 2)
      expect(angle(between, to, row)).toBeCloseTo((1 - t) * whole, 2)
      expect(Math.hypot(...between.subarray(3 * row, 3 * row + 3))).toBeCloseTo(1, 5)
    }
  }
})

it('has a way between opposite ends and between equal rows', () => {
  const from = Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0)
  const to = Float32Array.of(0, 0, -1, -1, 0, 0, 0, 1, 0)
  const half = slerpRows(from, to, 0.5)
  expect(half.every(Number.isFinite)).toBe(true)
  expect(angle(from, half, 0)).toBeCloseTo(Math.PI / 2, 5)
  expect(angle(from, half, 1)).toBeCloseTo(Math.PI / 2, 5)
  expect([...half.subarray(6)]).toEqual([0, 1, 0])
})

it('starts each id from where it is shown, and a new one from where it will stand', () => {
  const shown = rowsOf(Int32Array.of(7, 8), Float32Array.of(1, 0, 0, 0, 1, 0))
  const next = rowsOf(Int32Array.of(8, 9), Float32Array.of(0, 0, 1, 0, 0, -1))
  expect([...(startOf(shown, next) ?? [])]).toEqual([0, 1, 0, 0, 0, -1])
})

it('starts nowhere when no id is shown already', () => {
  const shown = rowsOf(Int32Array.of(1), Float32Array.of(1, 0, 0))
  const next = rowsOf(Int32Array.of(2), Float32Array.of(0, 0, 1))
  const none = rowsOf(new Int32Array(0), new Float32Array(0))
  expect(startOf(shown, next)).toBeNull()
  expect(startOf(none, none)).toBeNull()
})

it('leaves out rows that are no direction, and makes the others unit length', () => {
  const positions = Float32Array.of(0, 3, 4, NaN, 0, 1, 0, 0, 0, 0, Infinity, 0, 0, 0, -2)
  const rows = rowsOf(Int32Array.of(5, 6, 7, 8, 9), positions)
  expect([...rows.ids]).toEqual([5, 9])
  expect([...rows.sources]).toEqual([0, 4])
  expect(rows.positions[1]).toBeCloseTo(0.6, 6)
  expect([...rows.positions.subarray(3)]).toEqual([0, 0, -1])
})

it.each([easeInOut, easeOut])('goes from 0 to 1 without turning back', (ease) => {
  expect(ease(0)).toBe(0)
  expect(ease(1)).toBe(1)
  for (let t = 0; t < 1; t += 0.05) expect(ease(t + 0.05)).toBeGreaterThan(ease(t))
})
