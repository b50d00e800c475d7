import { describe, expect, it } from 'vitest'
import { stillSize, uprightBytes } from '../../../src-renderer/sphere/stillPicture.ts'

describe('a picture of its own', () => {
  it('is larger than the view by its scale, but no larger than the device can draw', () => {
    const view = { width: 800, height: 500 }
    expect(stillSize(view, 4, 8192)).toEqual({ width: 3200, height: 2000, pixelRatio: 4 })
    const held = stillSize(view, 8, 4096)
    expect(held).toMatchObject({ width: 4096, height: 2560 })
    expect(held.pixelRatio).toBeCloseTo(5.12)
  })

  it('stands upright, with colours as they are seen before any background', () => {
    // Below: half transparent red, nothing; above: opaque grey, blue that is nearly gone.
    const bytes = Uint8Array.of(64, 0, 0, 128, 0, 0, 0, 0, 90, 90, 90, 255, 0, 0, 2, 2)
    expect([...uprightBytes(bytes, 2)]).toEqual([
      ...[90, 90, 90, 255, 0, 0, 255, 2],
      ...[128, 0, 0, 128, 0, 0, 0, 0],
    ])
  })
})
