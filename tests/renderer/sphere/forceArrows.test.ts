import { describe, expect, it } from 'vitest'
import { drawnArrows } from '../../../src-renderer/sphere/forceArrows.ts'

/** Seen from +z, 100 px a radius. */
const placeOf = ([x, y, z]: readonly [number, number, number]) => ({
  x: 100 * x,
  y: -100 * y,
  isFront: z > 0,
  sheet: 'near' as const,
})
const front = [0, 0, 1] as const
const tipOf = (line: string) => line.split('L').at(-1)!.split(' ').map(Number)

describe('arrows on the ball', () => {
  it('go where forces point, the longest half a radian, others in proportion', () => {
    const arrows = drawnArrows(
      front,
      [
        { kind: 'all', vector: [3, 0, 0] },
        { kind: 'push', vector: [0, -1.5, 0] },
      ],
      placeOf,
    )
    expect(arrows.map(({ kind }) => kind)).toEqual(['all', 'push'])
    expect(tipOf(arrows[0]!.line)[0]).toBeCloseTo(100 * Math.sin(0.5), 1)
    expect(tipOf(arrows[0]!.line)[1]).toBeCloseTo(0, 1)
    expect(tipOf(arrows[1]!.line)[1]).toBeCloseTo(100 * Math.sin(0.25), 1)
    expect(arrows.every(({ isFront }) => isFront)).toBe(true)
  })

  it('are left out where they would be no more than a head, and where nothing pulls', () => {
    const tiny = { kind: 'pull', vector: [0.001, 0, 0] } as const
    const long = { kind: 'pull', vector: [1, 0, 0] } as const
    expect(drawnArrows(front, [tiny, long], placeOf)).toHaveLength(1)
    expect(drawnArrows(front, [], placeOf)).toEqual([])
    expect(drawnArrows(front, [{ kind: 'all', vector: [0, 0, 0] }], placeOf)).toEqual([])
    expect(drawnArrows(front, [{ kind: 'all', vector: [NaN, 0, 0] }], placeOf)).toEqual([])
  })

  it('draw many short pushes as one, their sum', () => {
    const push = { kind: 'push', vector: [0, -0.03, 0] } as const
    const pull = { kind: 'pull', vector: [1, 0, 0] } as const
    const arrows = drawnArrows(front, [...Array.from({ length: 20 }, () => push), pull], placeOf)
    expect(arrows.map(({ kind }) => kind)).toEqual(['push', 'pull'])
    expect(tipOf(arrows[0]!.line)[1]).toBeCloseTo(100 * Math.sin(0.3), 1)
  })

  it('say when they start on the far side, and are none where there is no picture', () => {
    const force = { kind: 'pull', vector: [1, 0, 0] } as const
    expect(drawnArrows([0, 0, -1], [force], placeOf)[0]).toMatchObject({ isFront: false })
    expect(drawnArrows(front, [force], () => null)).toEqual([])
  })
})
