import { expect, it } from 'vitest'
import { rgbOf } from '../../../src-renderer/sphere/look.ts'

it('reads the forms in which a browser resolves colours', () => {
  expect(rgbOf('rgb(255, 0, 51)')).toEqual([1, 0, 0.2])
  expect(rgbOf('rgba(255, 0, 51, 0.5)')).toEqual([1, 0, 0.2])
  expect(rgbOf('color(srgb 0.25 1 1e-3)')).toEqual([0.25, 1, 0.001])
})

it('knows when it cannot read one', () => {
  expect(rgbOf('oklch(0.7 0.1 200)')).toBeNull()
  expect(rgbOf('')).toBeNull()
})
