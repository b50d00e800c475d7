import { expect, it } from 'vitest'
import { degreesOf } from '../../../src-renderer/explore/forceWords.ts'

it('writes degrees with as many digits as say something', () => {
  expect([0, 12.4, 3.44, 0.0521, 4.8e-6].map(degreesOf)).toEqual([
    '0°',
    '12°',
    '3.4°',
    '.052°',
    '4.8 × 10⁻⁶ °',
  ])
})
