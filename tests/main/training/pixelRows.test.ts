import { expect, it } from 'vitest'
import { pixelRowDim, pixelRows } from '../../../src-main/training/pixelRows.ts'

const rowsOf = (images: readonly Uint8Array[], size: number) => {
  const rows = pixelRows({ images: images.length, size, pixelsOf: (i) => images[i]! })
  const row = (i: number) => rows.subarray(i * pixelRowDim, (i + 1) * pixelRowDim)
  return (i: number, j: number) => row(i).reduce((sum, x, d) => sum + x * row(j)[d]!, 0)
}

/** Left half of one brightness, right half of another. */
const halves = (size: number, left: number, right: number) =>
  Uint8Array.from({ length: size * size * 3 }, (_, i) =>
    Math.floor(i / 3) % size < size / 2 ? left : right,
  )

it('gives unit rows on which like images are alike and opposite ones opposite', () => {
  const cosine = rowsOf([halves(32, 200, 50), halves(32, 190, 60), halves(32, 55, 195)], 32)
  expect(cosine(0, 0)).toBeCloseTo(1, 5)
  expect(cosine(0, 1)).toBeGreaterThan(0.9)
  expect(cosine(0, 2)).toBeLessThan(-0.9)
})

it('stays finite for images that are all the same, and for sides that 16 does not divide', () => {
  const cosine = rowsOf([halves(24, 9, 9), halves(24, 9, 9)], 24)
  expect(cosine(0, 1)).toBe(0)
  expect(rowsOf([halves(8, 200, 50), halves(8, 50, 200)], 8)(0, 1)).toBeCloseTo(-1, 5)
})
