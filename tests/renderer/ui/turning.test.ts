import { expect, it } from 'vitest'
import { turningOf } from '../../../src-renderer/ui/turning.ts'

const of = (...cosines: number[]) => turningOf(Float32Array.from(cosines))

it('finds the epoch after which two parted, or joined', () => {
  expect(of(0.9, 0.88, 0.91, 0.2, 0.25, 0.22)).toMatchObject({ kind: 'parted', place: 3 })
  expect(of(0.1, 0.8, 0.85, 0.82)).toMatchObject({ kind: 'joined', place: 1 })
  const { before, after } = of(0.8, 0.8, 0.4, 0.4)!
  expect([before, after].map((x) => Math.round(10 * x))).toEqual([8, 4])
})

it('takes the lasting change, not one odd epoch before it', () => {
  expect(of(0.9, 0.6, 0.9, 0.9, 0.2, 0.2, 0.2, 0.2)).toMatchObject({ kind: 'parted', place: 4 })
})

it('finds none where nothing lasts, and in fewer than two epochs', () => {
  expect(of(0.5, 0.52, 0.49, 0.51)).toBeNull()
  expect(of(0.5)).toBeNull()
  expect(of()).toBeNull()
  expect(of(NaN, 0.4)).toBeNull()
})
