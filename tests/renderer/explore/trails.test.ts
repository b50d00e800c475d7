import { expect, it } from 'vitest'
import { trailsOf } from '../../../src-renderer/explore/trails.ts'

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
