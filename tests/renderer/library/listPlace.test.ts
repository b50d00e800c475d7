import { expect, it } from 'vitest'
import { listPlaceAfter } from '../../../src-renderer/library/listPlace.ts'

it.each([
  ['ArrowDown', -1, 3, 0],
  ['ArrowDown', 2, 3, 2],
  ['ArrowUp', 2, 3, 1],
  ['ArrowUp', -1, 3, 0],
  ['PageDown', 3, 40, 13],
  ['PageDown', 35, 40, 39],
  ['PageUp', 13, 40, 3],
  ['PageUp', 4, 40, 0],
  ['Home', 7, 9, 0],
  ['End', 7, 9, 8],
  ['x', 1, 3, null],
  ['ArrowDown', -1, 0, null],
])('%s from %i in a list of %i leads to %o', (key, at, rows, place) => {
  expect(listPlaceAfter(key, at, rows)).toBe(place)
})
