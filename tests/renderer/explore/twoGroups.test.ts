import { expect, it } from 'vitest'
import { twoGroups } from '../../../src-renderer/explore/twoGroups.ts'

const labels = new Map([
  [1, 4],
  [2, 7],
  [3, 4],
  [4, 9],
  [5, -1],
])
const groupsOf = (...ids: number[]) =>
  twoGroups(ids, (id) => labels.get(id) ?? -1)?.map(({ key, ids: of }) => [key, ...of]) ?? null

it('takes images of exactly two labels apart', () => {
  expect(groupsOf(1, 2, 3)).toEqual([
    [4, 1, 3],
    [7, 2],
  ])
})

it('has nothing to compare where there is one label, or three, or an image without', () => {
  expect(groupsOf(1, 3)).toBeNull()
  expect(groupsOf(1, 2, 4)).toBeNull()
  expect(groupsOf(1, 2, 5)).toBeNull()
  expect(groupsOf()).toBeNull()
})
