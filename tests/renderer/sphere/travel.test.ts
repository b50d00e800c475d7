import { Quaternion } from 'three'
import { describe, expect, it } from 'vitest'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { Sight } from '../../../src-renderer/sphere/sight.ts'
import { Travel } from '../../../src-renderer/sphere/travel.ts'

const pose = poseOf(eyeOf(800, 800, 4.45), new Quaternion())
const middle = [400, 400] as const
const options = { radiusPx: 14, isSeeThrough: false }

function sightOf(travel: Travel): Sight {
  const alphas = new Uint8Array(travel.rows.ids.length).fill(255)
  return new Sight(
    travel,
    () => alphas,
    () => pose,
  )
}

function expectPlaces(travel: Travel, expected: readonly number[]): void {
  const shown = travel.shown()
  expect(shown).toHaveLength(expected.length)
  expected.forEach((value, i) => expect(shown[i]).toBeCloseTo(value, 6))
}

describe('points on their way', () => {
  it('set out from where their ids are shown, and are new ones at once where they will stand', () => {
    const travel = new Travel()
    travel.setFrame(Int32Array.of(4, 7), Float32Array.of(0, 0, 1, 1, 0, 0), false)
    expect(travel.isMoving).toBe(false)
    travel.setFrame(Int32Array.of(7, 9), Float32Array.of(0, 1, 0, 0, 0, -1), false)
    expect(travel.isMoving).toBe(true)
    expectPlaces(travel, [1, 0, 0, 0, 0, -1])
    travel.advance(300)
    const half = Math.SQRT1_2
    expectPlaces(travel, [half, half, 0, 0, 0, -1])
    travel.advance(300)
    expect(travel.isMoving).toBe(false)
    expect([...travel.shown()]).toEqual([0, 1, 0, 0, 0, -1])
  })

  it('are there at once where nothing may move', () => {
    const travel = new Travel()
    travel.setFrame(Int32Array.of(1), Float32Array.of(0, 0, 1), true)
    travel.setFrame(Int32Array.of(1), Float32Array.of(0, 1, 0), true)
    expect(travel.isMoving).toBe(false)
    expect([...travel.shown()]).toEqual([0, 1, 0])
  })
})

describe('few points, or all in one place', () => {
  it('finds nothing in an empty frame', () => {
    const travel = new Travel()
    travel.setFrame(new Int32Array(0), new Float32Array(0), false)
    const sight = sightOf(travel)
    expect(sight.pick(...middle, options)).toBeNull()
    expect(sight.stepFrom(null, [1, 0])).toBeNull()
    expect(travel.isMoving).toBe(false)
  })

  it.each([1, 2, 3])('finds each of %i points where it is drawn', (n) => {
    const travel = new Travel()
    const angles = Array.from({ length: n }, (_, i) => 0.3 * i)
    const places = angles.flatMap((angle) => [Math.sin(angle), 0, Math.cos(angle)])
    travel.setFrame(
      Int32Array.from(angles, (_, i) => 10 + i),
      Float32Array.from(places),
      false,
    )
    const sight = sightOf(travel)
    for (let i = 0; i < n; i++) {
      const place = sight.screenOf(10 + i)
      expect(sight.pick(place?.x ?? NaN, place?.y ?? NaN, options)).toBe(10 + i)
    }
  })

  it('finds the last drawn of points that are all equal, and sweeps all of them', () => {
    const travel = new Travel()
    const n = 50
    const positions = Float32Array.from({ length: 3 * n }, (_, i) => (i % 3 === 2 ? 5 : 0))
    travel.setFrame(
      Int32Array.from({ length: n }, (_, i) => i),
      positions,
      false,
    )
    const sight = sightOf(travel)
    expect(sight.pick(...middle, options)).toBe(n - 1)
    const box = [
      [390, 390],
      [410, 390],
      [410, 410],
      [390, 410],
    ] as const
    expect(sight.within(box, false)).toHaveLength(n)
  })

  it('leaves out rows without a place, and keeps the ids of the others', () => {
    const travel = new Travel()
    const positions = Float32Array.of(NaN, 0, 1, 0, 0, 0, Infinity, 0, 0, 0, 0, 2)
    travel.setFrame(Int32Array.of(1, 2, 3, 4), positions, false)
    expect([...travel.rows.ids]).toEqual([4])
    expect(travel.rowsOf([1, 4, 99])).toEqual([0])
    expect(sightOf(travel).pick(...middle, options)).toBe(4)
  })
})
