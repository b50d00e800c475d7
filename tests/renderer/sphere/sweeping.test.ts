import { Quaternion } from 'three'
import { expect, it } from 'vitest'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import type { Area } from '../../../src-renderer/sphere/sweeping.ts'
import { boxOf, rowsWithin } from '../../../src-renderer/sphere/sweeping.ts'

const pose = poseOf(eyeOf(600, 600, 4.45), new Quaternion())
// In the middle, right behind it, above, to the left.
const positions = Float32Array.of(0, 0, 1, 0, 0, -1, 0, 0.6, 0.8, -0.6, 0, 0.8)
const all = new Uint8Array(4).fill(255)
const within = (area: Area, isSeeThrough = false, alphas = all) =>
  rowsWithin(positions, alphas, pose, { area, isSeeThrough })

it('takes what is in front in a box, drawn from any corner', () => {
  expect(within(boxOf(250, 250, 350, 350))).toEqual([0])
  expect(within(boxOf(350, 350, 250, 250))).toEqual([0])
  expect(within(boxOf(0, 0, 600, 600))).toEqual([0, 2, 3])
  expect(within(boxOf(0, 0, 20, 20))).toEqual([])
})

it('takes the far side too where the ball is seen through, and never a hidden image', () => {
  expect(within(boxOf(250, 250, 350, 350), true)).toEqual([0, 1])
  expect(within(boxOf(0, 0, 600, 600), true, Uint8Array.of(0, 255, 0, 255))).toEqual([1, 3])
})

it('follows a lasso around a bay', () => {
  // A horseshoe, open to the top, whose bay holds the middle.
  const horseshoe: Area = [
    [50, 100],
    [250, 100],
    [250, 350],
    [350, 350],
    [350, 100],
    [550, 100],
    [550, 550],
    [50, 550],
  ]
  expect(within(horseshoe)).toEqual([3])
})

it('takes nothing with a stroke that has no area', () => {
  expect(within([])).toEqual([])
  expect(within([[300, 300]])).toEqual([])
})
