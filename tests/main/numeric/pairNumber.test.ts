import { expect, it } from 'vitest'
import { pairNumber } from '../../../src-main/numeric/pairNumber.ts'

it('is the same for both orders of a pair, and another for another pair or salt', () => {
  expect(pairNumber(3, 70_000, 1)).toBe(pairNumber(70_000, 3, 1))
  expect(pairNumber(3, 4, 1)).not.toBe(pairNumber(3, 4, 2))
  expect(pairNumber(3, 4, 1)).not.toBe(pairNumber(3, 5, 1))
})

it('is spread evenly, also along a row and along a diagonal', () => {
  for (const other of [(i: number) => 0 * i, (i: number) => i + 1, (i: number) => 2 * i + 7]) {
    const bins = new Int32Array(10)
    for (let i = 1; i <= 20_000; i++) bins[Math.floor(10 * pairNumber(i, other(i), 9))]! += 1
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200)
  }
})
