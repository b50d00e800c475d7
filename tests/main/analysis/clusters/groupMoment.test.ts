import { describe, expect, it } from 'vitest'
import { groupMoment } from '../../../../src-main/analysis/clusters/groupMoment.ts'
import { madeRows } from '../madeRows.ts'

/** Rows of two dimensions at angles, in degrees. */
function at(...degrees: number[]) {
  const radians = degrees.map((angle) => (angle * Math.PI) / 180)
  return {
    data: Float32Array.from(radians.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
    dim: 2,
  }
}

describe('groupMoment', () => {
  it('measures the angle between the means of two sets, and whether they are told apart', () => {
    const rows = at(-10, 10, 50, 70, 200)
    const { cosine, toldApart } = groupMoment(rows, Int32Array.of(0, 0, 1, 1, -1))
    expect(cosine).toBeCloseTo(Math.cos(Math.PI / 3), 6)
    expect(toldApart).toBe(1)
  })

  it('compares each with the others of its set, and lets both sets count half', () => {
    // 40° is nearer to 50° and 70° than to the two others of its own set.
    const found = groupMoment(at(-10, 10, 40, 50, 70), Int32Array.of(0, 0, 0, 1, 1))
    expect(found.toldApart).toBeCloseTo((2 / 3 + 1) / 2, 12)
    const equal = at(30, 30, 30, 30)
    expect(groupMoment(equal, Int32Array.of(0, 0, 1, 1)).toldApart).toBe(0.5)
    expect(groupMoment(equal, Int32Array.of(0, 0, 1, 1)).cosine).toBeCloseTo(1, 6)
  })

  it('is a coin toss for two halves of one group', () => {
    const rows = madeRows({ count: 400, dim: 32, centres: 1, spread: 0.3 })
    const { cosine, toldApart } = groupMoment(
      rows,
      Int32Array.from({ length: 400 }, (_, i) => i % 2),
    )
    expect(cosine).toBeGreaterThan(0.95)
    expect(Math.abs(toldApart - 0.5)).toBeLessThan(0.1)
  })

  it('works with one image each, leaves out what is not finite, and has no number for an empty set', () => {
    const rows = { data: Float32Array.of(...at(0, 90).data, NaN, 0), dim: 2 }
    const found = groupMoment(rows, Int32Array.of(0, 1, 1))
    expect(found.cosine).toBeCloseTo(0, 6)
    expect(found.toldApart).toBe(1)
    expect(groupMoment(rows, Int32Array.of(0, -1, 1)).cosine).toBeNaN()
  })
})
