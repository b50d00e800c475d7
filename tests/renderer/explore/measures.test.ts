import { describe, expect, it } from 'vitest'
import {
  measuredGrouping,
  measureWords,
  scaleOf,
  sizesOf,
  sizeSteps,
} from '../../../src-renderer/explore/measures.ts'
import { coloursOf } from '../../../src-renderer/explore/painting.ts'
import { rampOf } from '../../../src-renderer/explore/ramp.ts'
import { greyOf, rgbOf } from '../../../src-renderer/library/labelColours.ts'

const numbers = Array.from({ length: 101 }, (_, i) => i / 100)
const options = { format: measureWords.loss.format, theme: 'dark' } as const

describe('the scale of a measure', () => {
  it('tells least, middle and most, and how many have no value', () => {
    const scale = scaleOf([...numbers, NaN, NaN])
    expect(scale).toMatchObject({ min: 0, median: 0.5, max: 1, missing: 2 })
  })

  it('gives the ramp to the many, not to the one that is far off', () => {
    const scale = scaleOf([...numbers, 1000])!
    expect(scale.max).toBe(1000)
    expect(scale.high).toBeLessThan(1.01)
  })

  it('is null without values, and bears values that are all the same', () => {
    expect(scaleOf([NaN])).toBeNull()
    expect(scaleOf([])).toBeNull()
    const values = new Map([[7, 3]])
    const scale = scaleOf(values.values())!
    expect(measuredGrouping(values, scale, options).keyOf(7)).toBe(0)
    expect([...sizesOf(values, scale, Int32Array.of(7))]).toEqual([1])
  })
})

describe('points by a measure', () => {
  const values = new Map([
    [3, 0],
    [5, 10],
    [8, 5],
    [9, NaN],
  ])
  const scale = scaleOf(values.values())!
  const ids = Int32Array.of(3, 5, 8, 9, 11)

  it('take the colours of the ramp, and grey without a value', () => {
    const grouping = measuredGrouping(values, scale, options)
    const colours = coloursOf(grouping, ids)
    const at = (i: number) => [...colours.subarray(3 * i, 3 * i + 3)]
    const rounded = (colour: readonly number[]) => [...Float32Array.from(colour)]
    expect(at(0)).toEqual(rounded(rampOf(0)))
    expect(at(1)).toEqual(rounded(rampOf(1)))
    expect(at(3)).toEqual(rounded(rgbOf(greyOf.dark)))
    expect(at(4)).toEqual(at(3))
    expect([...ids].map(grouping.keyOf)).toEqual([0, 4, 2, -1, -1])
    expect(grouping.groups.map(({ name }) => name)).toEqual([
      'up to 2',
      '2 – 4',
      '4 – 6',
      '6 – 8',
      'above 8',
      'without a value',
    ])
  })

  it('grow with it, and are least without a value', () => {
    expect([...sizesOf(values, scale, ids)]).toEqual([1, sizeSteps, 8, 1, 1])
  })
})
