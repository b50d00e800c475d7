import { describe, expect, it } from 'vitest'
import type { NumberSpec } from '../../../src-main/contract/catalogue.ts'
import { handRangeOf, placeOf, stepped, valueAt } from '../../../src-renderer/ui/slider.ts'
import type { HandRange } from '../../../src-renderer/ui/slider.ts'

function spec(fields: Partial<NumberSpec>): NumberSpec {
  return {
    kind: 'number',
    name: 'x',
    title: 'X',
    meaning: '',
    default: 1,
    min: 0,
    max: 10,
    isInteger: false,
    step: 0.1,
    scale: 'linear',
    unit: '',
    ...fields,
  }
}

const temperature = spec({ min: 0, max: 10, isMinExclusive: true, step: 1.1, scale: 'log' })
const batch = spec({ min: 4, max: 8192, step: 32, isInteger: true })

function rangeOf(of: NumberSpec, usual: number): HandRange {
  const range = handRangeOf(of, usual)
  if (range === null) throw new Error('no range')
  return range
}

describe('a slider', () => {
  it('covers what is usual and some more, not all that is allowed', () => {
    expect(rangeOf(batch, 128)).toMatchObject({ low: 4, high: 1024, isLog: false })
  })

  it('does not exist for a seed', () => {
    expect(handRangeOf(spec({ max: 2 ** 31 - 1, isInteger: true }), 1)).toBeNull()
  })

  it('never reaches an end that is excluded', () => {
    expect(valueAt(rangeOf(temperature, 0.2), 0)).toBeGreaterThan(0)
    expect(valueAt(rangeOf(spec({ isMinExclusive: true }), 1), 0)).toBeGreaterThan(0)
  })

  it('puts the usual value of a log scale in its middle', () => {
    expect(placeOf(rangeOf(temperature, 0.2), 0.2)).toBeGreaterThan(0.4)
    expect(placeOf(rangeOf(temperature, 0.2), 0.2)).toBeLessThan(0.6)
  })

  it('gives back about the value whose place it is shown at', () => {
    const range = rangeOf(temperature, 0.1)
    for (const value of [0.01, 0.07, 0.2, 0.5, 1.5])
      expect(valueAt(range, placeOf(range, value)) / value).toBeCloseTo(1, 1)
  })

  it('snaps to multiples of the step', () => {
    const range = rangeOf(batch, 128)
    for (const place of [0.1, 0.33, 0.5, 0.9]) expect(valueAt(range, place) % 32).toBe(0)
  })

  it('stays at its end for values beyond it', () => {
    expect(placeOf(rangeOf(batch, 128), 5000)).toBe(1)
    expect(valueAt(rangeOf(batch, 128), 1.5)).toBe(1024)
  })
})

describe('stepped', () => {
  it('goes a step up and down, and by factors on a log scale', () => {
    expect(stepped(batch, 128, 1)).toBe(160)
    expect(stepped(batch, 128, -1)).toBe(96)
    expect(stepped(temperature, 0.1, 1)).toBeCloseTo(0.11)
  })

  it('stays within the range', () => {
    expect(stepped(batch, 4, -1)).toBe(4)
    expect(stepped(batch, 8192, 1)).toBe(8192)
    expect(stepped(spec({ isMinExclusive: true, step: 0.1 }), 0.1, -1)).toBeGreaterThan(0)
  })
})
