import { expect, it } from 'vitest'
import { quickestOf, trailsOf } from '../../../src-renderer/explore/trails.ts'

it('follows images through frames, over those that lack them', () => {
  const frame = (ids: number[], positions: number[]) => ({
    ids: Int32Array.from(ids),
    positions: Float32Array.from(positions),
  })
  const frames = [
    frame([1, 2, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
    frame([2, 3], [NaN, 0, 0, 0, 1, 0]),
    frame([3, 2], [1, 0, 0, 0, 0, 1]),
  ]
  const trails = trailsOf(frames, new Set([1, 2, 3]))
  expect(trails.map(({ id, places }) => [id, [...places]])).toEqual([
    [2, [0, 1, 0, 0, 0, 1]],
    [3, [0, 0, 1, 0, 1, 0, 1, 0, 0]],
  ])
  expect(trailsOf(frames, new Set([9]))).toEqual([])
})

it('takes the images that went furthest, of those that are wanted and in both frames', () => {
  const frames = [
    {
      ids: Int32Array.of(1, 2, 3, 4),
      positions: Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0),
    },
    {
      ids: Int32Array.of(2, 1, 3, 5),
      positions: Float32Array.of(0, 1, 0, 1, 0, 0, -1, 0, 0, 1, 0, 0),
    },
  ]
  expect(quickestOf(frames, [1, 2, 3, 4, 5], 9)).toEqual([3, 2, 1])
  expect(quickestOf(frames, [1, 2, 3], 2)).toEqual([3, 2])
  expect(quickestOf(frames, [1], 2)).toEqual([1])
  expect(quickestOf([], [1], 2)).toEqual([])
})
