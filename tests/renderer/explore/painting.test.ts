import { describe, expect, it } from 'vitest'
import { alphasOf, coloursOf, suspectGrouping } from '../../../src-renderer/explore/painting.ts'
import { rampOf } from '../../../src-renderer/explore/ramp.ts'

const ids = Int32Array.of(3, 5, 8)

describe('colours of points', () => {
  it('marks suspects alone with their yellow', () => {
    const grouping = suspectGrouping(new Set([5]), 'dark')
    const colours = coloursOf(grouping, ids)
    expect([...colours.subarray(3, 6)].map((part) => Math.round(255 * part))).toEqual([
      0xf0, 0xe4, 0x42,
    ])
    expect(colours[0]).not.toBe(colours[3])
  })

  it('hides what is hidden and fades what is not alone', () => {
    const grouping = suspectGrouping(new Set([5]), 'dark')
    expect(alphasOf(grouping, { hidden: new Set(), isolated: null }, ids)).toBeNull()
    const hidden = alphasOf(grouping, { hidden: new Set([0]), isolated: null }, ids)
    expect([...(hidden ?? [])]).toEqual([0, 1, 0])
    const alone = alphasOf(grouping, { hidden: new Set(), isolated: 1 }, ids) ?? []
    expect(alone[1]).toBe(1)
    expect(alone[0]).toBeCloseTo(0.15)
  })
})

it('keeps the ramp apart from the yellow of suspects and inside the colours there are', () => {
  for (const share of [-1, 0, 0.3, 0.999, 1, 2, NaN]) {
    const colour = rampOf(share)
    for (const part of colour) expect(part).toBeGreaterThanOrEqual(0)
    expect(Math.hypot(colour[0] - 0.94, colour[1] - 0.89, colour[2] - 0.26)).toBeGreaterThan(0.3)
  }
  expect(rampOf(NaN)).toEqual(rampOf(0))
})
