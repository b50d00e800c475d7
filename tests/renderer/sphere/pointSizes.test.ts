import { describe, expect, it } from 'vitest'
import { discPx, pointSizesPx } from '../../../src-renderer/sphere/pointSizes.ts'

describe('how large points are', () => {
  it('is from 4 to 7 px on a ball of 560 px, the fewer the larger', () => {
    expect(discPx(pointSizesPx(1000, 560))).toBeCloseTo(6)
    expect(discPx(pointSizesPx(100_000, 560))).toBeCloseTo(4)
    expect(discPx(pointSizesPx(1_000_000, 560))).toBeCloseTo(4)
    expect(discPx(pointSizesPx(0, 560))).toBeCloseTo(7)
  })

  it('grows with the ball, but not as fast', () => {
    const sizes = [280, 560, 1120, 9000].map((ballPx) => discPx(pointSizesPx(1000, ballPx)))
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
    expect((sizes[2] ?? 0) / (sizes[1] ?? 1)).toBeLessThan(1.5)
    expect(sizes[3]).toBeLessThan(16)
  })

  it('leaves room for a finer hairline the more there are, and none on the far side', () => {
    const [few, many] = [pointSizesPx(60, 560), pointSizesPx(1_000_000, 560)]
    expect(few.hairline).toBeGreaterThan(2 * many.hairline)
    for (const sizes of [few, many]) expect(sizes.far).toBeLessThan(sizes.near - 2 * sizes.hairline)
  })
})
