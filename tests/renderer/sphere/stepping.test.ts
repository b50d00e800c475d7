import { Quaternion } from 'three'
import { expect, it } from 'vitest'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { rowsOf } from '../../../src-renderer/sphere/frameRows.ts'
import { stepRow } from '../../../src-renderer/sphere/stepping.ts'

const pose = poseOf(eyeOf(600, 600, 4.45), new Quaternion())
// In the middle, to the right, far to the right, above, and behind.
const { positions } = rowsOf(
  Int32Array.of(0, 1, 2, 3, 4),
  Float32Array.of(0, 0, 1, 0.3, 0.05, 1, 0.8, 0, 1, 0, 0.5, 1, 0.2, 0, -1),
)
const all = new Uint8Array(5).fill(255)
const step = (from: number | null, x: number, y: number, alphas = all) =>
  stepRow(positions, alphas, pose, { from, direction: [x, y] })

it('begins with the image in the middle of the view', () => {
  expect(step(null, 1, 0)).toBe(0)
})

it('goes to the next image of the near side in a direction, and stays where there is none', () => {
  expect(step(0, 1, 0)).toBe(1)
  expect(step(1, 1, 0)).toBe(2)
  expect(step(0, 0, -1)).toBe(3)
  expect(step(0, -1, 0)).toBeNull()
  expect(step(0, 0, 1)).toBeNull()
})

it('passes over hidden images', () => {
  expect(step(0, 1, 0, Uint8Array.of(255, 0, 255, 255, 255))).toBe(2)
})
