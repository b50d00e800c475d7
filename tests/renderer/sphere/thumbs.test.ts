import { describe, expect, it } from 'vitest'
import { nearestRows } from '../../../src-renderer/sphere/nearestRows.ts'
import { isSharpWanted } from '../../../src-renderer/sphere/pictures.ts'
import { Thumbs, thumbSizePx } from '../../../src-renderer/sphere/thumbs.ts'

describe('pictures instead of points', () => {
  it('are those nearest to the eye where not all have room, and none that is hidden', () => {
    const positions = Float32Array.of(0, 0, -1, 0, 0, 1, 1, 0, 0, 0, 0, 1)
    const alphas = Uint8Array.of(255, 255, 255, 0)
    const towards = { x: 0, y: 0, z: 1 }
    expect(nearestRows(positions, alphas, towards, 2)).toEqual([1, 2])
    expect(nearestRows(positions, alphas, towards, 9)).toEqual([1, 2, 0])
    // On flat discs, those of either middle.
    expect(nearestRows(positions, alphas, towards, 2, true)).toEqual([0, 1])
  })

  it('are from 24 to 96 px, larger the fewer there are', () => {
    expect(thumbSizePx(1, 600)).toBe(96)
    expect(thumbSizePx(1_000_000, 600)).toBe(24)
    expect(thumbSizePx(300, 600)).toBeGreaterThan(thumbSizePx(600, 600))
    expect(thumbSizePx(0, 600)).toBe(96)
  })

  it('are sharper ones where the others would be stretched', () => {
    expect(isSharpWanted(24, 2)).toBe(false)
    expect(isSharpWanted(48, 1)).toBe(false)
    expect(isSharpWanted(40, 2)).toBe(true)
    expect(isSharpWanted(96, 1)).toBe(true)
  })

  it('are drawn in one call, hidden rows left out', () => {
    const thumbs = new Thumbs(48, 2.5)
    const look = {
      start: Float32Array.of(1, 0, 0, 0, 1, 0),
      positions: Float32Array.of(1, 0, 0, 0, 1, 0),
      colours: Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 255),
      marks: Uint8Array.of(0, 1),
    }
    const rows = [
      { row: 0, cell: 4 },
      { row: 1, cell: 7 },
    ]
    thumbs.setRows(rows, look)
    const { geometry } = thumbs.mesh
    expect(geometry.instanceCount).toBe(1)
    expect([...geometry.getAttribute('cell').array]).toEqual([7])
    expect([...geometry.getAttribute('mark').array]).toEqual([1])
    thumbs.setRows([], look)
    expect(thumbs.mesh.visible).toBe(false)
    thumbs.dispose()
  })
})
