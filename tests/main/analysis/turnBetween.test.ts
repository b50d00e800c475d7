import { expect, it } from 'vitest'
import { turnBetween } from '../../../src-main/analysis/turnBetween.ts'

/** About (1, 1, 1), by a third: x → y → z → x. */
const third = [0, 0, 1, 1, 0, 0, 0, 1, 0]

const fixed = {
  ids: Int32Array.of(1, 2, 3, 4),
  positions: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0.6, 0.8, 0),
}

function turnedBack(positions: Float32Array): Float32Array {
  const back = new Float32Array(positions.length)
  for (let start = 0; start < back.length; start += 3)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) back[start + i]! += third[3 * j + i]! * positions[start + j]!
  return back
}

it('finds the rotation that lays the one over the other, in whatever order their images come', () => {
  const back = turnedBack(fixed.positions)
  const moving = {
    ids: Int32Array.of(4, 2, 9, 1),
    positions: Float32Array.from([
      ...back.subarray(9, 12),
      ...back.subarray(3, 6),
      ...[0, -1, 0],
      ...back.subarray(0, 3),
    ]),
  }
  const turn = turnBetween(moving, fixed)
  expect(turn?.shared).toBe(3)
  for (const [i, value] of third.entries()) expect(turn?.matrix[i]).toBeCloseTo(value, 5)
})

it('never mirrors, even where a reflection would fit', () => {
  const mirrored = { ...fixed, positions: fixed.positions.map((x, i) => (i % 3 === 0 ? -x : x)) }
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] =
    turnBetween(mirrored, fixed)?.matrix ?? []
  expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBeCloseTo(1, 6)
})

it('passes over places that are not finite, and says so where nothing is left', () => {
  const broken = { ids: Int32Array.of(1, 2), positions: Float32Array.of(NaN, 0, 0, 0, 1, 0) }
  expect(turnBetween(broken, fixed)?.shared).toBe(1)
  expect(
    turnBetween({ ids: Int32Array.of(7), positions: Float32Array.of(1, 0, 0) }, fixed),
  ).toBeNull()
})
