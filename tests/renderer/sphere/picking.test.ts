import { Quaternion, Vector3 } from 'three'
import { expect, it } from 'vitest'
import type { Pose } from '../../../src-renderer/sphere/eye.ts'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { pickRow } from '../../../src-renderer/sphere/picking.ts'
import { gridOf } from '../../../src-renderer/sphere/pointGrid.ts'
import { screenOf } from '../../../src-renderer/sphere/projection.ts'
import { numbers, spread } from './made.ts'

const radiusPx = 14

/** Every row, one after the other. */
function nearestOf(
  positions: Float32Array,
  alphas: Uint8Array,
  pose: Pose,
  [x, y]: readonly [number, number],
  isFront: boolean,
): number | null {
  let best: number | null = null
  let reach = radiusPx
  for (let row = 0; row < alphas.length; row++) {
    const place = screenOf(pose, new Vector3().fromArray(positions, 3 * row))
    const away = Math.hypot(place.x - x, place.y - y)
    if (place.isFront !== isFront || alphas[row] === 0 || away > reach) continue
    reach = away
    best = row
  }
  return best
}

function awayPx(positions: Float32Array, pose: Pose, row: number, x: number, y: number): number {
  const place = screenOf(pose, new Vector3().fromArray(positions, 3 * row))
  return Math.hypot(place.x - x, place.y - y)
}

it.each([
  ['from afar', 4.45, 3000, 0],
  ['close to the ball', 1.2, 3000, 0],
  ['very close to a dense ball', 1.06, 40_000, 0],
  ['with a handful of points', 4.45, 5, 0],
  ['on flat discs', 4.45, 3000, 1],
  ['close to dense flat discs', 1.4, 40_000, 1],
])('finds the same point as looking at every one, %s', (_, distance, count, flatness) => {
  const next = numbers(count)
  const positions = spread(count, next)
  const alphas = Uint8Array.from({ length: count }, () => (next() < 0.2 ? 0 : 255))
  const grid = gridOf(positions)
  let found = 0
  for (let trial = 0; trial < 150; trial++) {
    const turn = new Quaternion(next() - 0.5, next() - 0.5, next() - 0.5, next() - 0.5).normalize()
    const pose = poseOf(eyeOf(900, 700, distance, flatness), turn)
    // Half of the places lie near a point's picture, where the answer is not null.
    const near = screenOf(pose, new Vector3().fromArray(positions, 3 * Math.floor(next() * count)))
    const place: [number, number] =
      trial % 2 === 0
        ? [next() * 900, next() * 700]
        : [near.x + 16 * (next() - 0.5), near.y + 16 * (next() - 0.5)]
    for (const isSeeThrough of [false, true]) {
      const picked = pickRow(grid, pose, place, { radiusPx, isSeeThrough, alphas })
      const front = nearestOf(positions, alphas, pose, place, true)
      const expected =
        front ??
        (isSeeThrough && flatness === 0 ? nearestOf(positions, alphas, pose, place, false) : null)
      if (expected === null || picked === null) expect(picked).toBe(expected)
      else {
        found++
        expect(awayPx(positions, pose, picked, ...place)).toBeCloseTo(
          awayPx(positions, pose, expected, ...place),
          3,
        )
      }
    }
  }
  expect(found).toBeGreaterThan(30)
})

it('finds points at the poles, on the date line and at the outline', () => {
  const edge = Math.acos(1 / 4.45) - 1e-3
  for (const direction of [
    [0, 1, 0],
    [0, -1, 0],
    [0, 0, -1],
    [1e-7, 0, -1],
    [-1e-7, 0.3, -1],
  ] as const) {
    const point = new Vector3(...direction).normalize()
    const aside = new Vector3(Math.sin(edge), 0, Math.cos(edge))
    for (const shown of [new Vector3(0, 0, 1), aside]) {
      const turn = new Quaternion().setFromUnitVectors(point, shown)
      const pose = poseOf(eyeOf(800, 800, 4.45), turn)
      const { x, y } = screenOf(pose, point)
      const grid = gridOf(Float32Array.from(point.toArray()))
      const options = { radiusPx, isSeeThrough: false, alphas: Uint8Array.of(255) }
      expect(pickRow(grid, pose, [x + 8, y - 8], options)).toBe(0)
      expect(pickRow(grid, pose, [x + 11, y - 11], options)).toBeNull()
    }
  }
})

it('takes the row that is drawn on top where all points are equal', () => {
  const positions = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? 1 : 0))
  const alphas = new Uint8Array(100).fill(255)
  const pose = poseOf(eyeOf(400, 400, 4.45), new Quaternion())
  const options = { radiusPx, isSeeThrough: false, alphas }
  expect(pickRow(gridOf(positions), pose, [203, 203], options)).toBe(99)
})

it('finds nothing in nothing', () => {
  const pose = poseOf(eyeOf(400, 400, 4.45), new Quaternion())
  const options = { radiusPx, isSeeThrough: true, alphas: new Uint8Array(0) }
  expect(pickRow(gridOf(new Float32Array(0)), pose, [200, 200], options)).toBeNull()
})
