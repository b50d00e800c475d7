import { expect, it } from 'vitest'
import { ScanPace } from '../../../src-main/data/ScanPace.ts'

it('makes no guess before it has seen a second', () => {
  const pace = new ScanPace()
  expect(pace.imagesPerSecond()).toBe(0)
  pace.observe(0, 0)
  pace.observe(500, 50)
  expect(pace.imagesPerSecond()).toBe(100)
  expect(pace.secondsLeft(1000)).toBeNull()
  pace.observe(1000, 100)
  expect(pace.secondsLeft(1000)).toBe(9)
})

it('forgets the beginning, when known files were passed over in no time', () => {
  const pace = new ScanPace()
  pace.observe(0, 0)
  pace.observe(100, 100_000)
  for (let second = 1; second <= 10; second++) pace.observe(second * 1000, 100_000 + second * 50)
  expect(pace.imagesPerSecond()).toBe(50)
  expect(pace.secondsLeft(101_000)).toBe(10)
})
