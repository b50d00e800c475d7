import { Quaternion, Vector3 } from 'three'
import { expect, it } from 'vitest'
import type { Pose } from '../../../src-renderer/sphere/eye.ts'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { captionPlaces, discHit, discsOf } from '../../../src-renderer/sphere/hemispheres.ts'
import { screenOf } from '../../../src-renderer/sphere/projection.ts'
import { numbers, spread } from './made.ts'

const turn = new Quaternion(0.3, -0.2, 0.5, 0.7).normalize()
const wide = poseOf(eyeOf(900, 600, 4.45, 1), turn)
const high = poseOf(eyeOf(500, 900, 4.45, 1), turn)

function rows(n: number): readonly Vector3[] {
  const positions = spread(n, numbers(n))
  return Array.from({ length: n }, (_, i) => new Vector3().fromArray(positions, 3 * i))
}

function inView({ right, up, towards }: Pose, point: Vector3): Vector3 {
  return new Vector3(right.dot(point), up.dot(point), towards.dot(point))
}

it.each([
  ['wide', wide],
  ['high', high],
])(
  'draws each point on the disc of its half, and finds it there again, in a %s view',
  (_, pose) => {
    const { eye } = pose
    const discs = discsOf(eye)
    for (const point of rows(500)) {
      const { x, y, sheet, isFront } = screenOf(pose, point)
      const seen = inView(pose, point)
      expect(sheet).toBe(seen.z >= 0 ? 'near' : 'far')
      expect(isFront).toBe(true)
      const middle = discs[sheet]
      const away = Math.hypot(x - eye.width / 2 - middle.x, eye.height / 2 - y - middle.y)
      expect(away).toBeLessThan(discs.radius + 1e-6)
      expect(discHit(eye, x, y)?.distanceTo(seen)).toBeLessThan(1e-6)
    }
  },
)

it('keeps areas: evenly spread points are evenly spread on the discs', () => {
  const { radius, near } = discsOf(wide.eye)
  const offs = rows(40_000).flatMap((point) => {
    const { x, y, sheet } = screenOf(wide, point)
    if (sheet === 'far') return []
    return [Math.hypot(x - wide.eye.width / 2 - near.x, wide.eye.height / 2 - y) / radius]
  })
  expect(Math.abs(offs.length / 40_000 - 0.5)).toBeLessThan(0.01)
  for (const share of [0.25, 0.5, 0.75, 0.9]) {
    const inside = offs.filter((off) => off ** 2 < share).length / offs.length
    expect(Math.abs(inside - share)).toBeLessThan(0.01)
  }
})

it('never turns a half into its mirror image', () => {
  for (const pose of [wide, high]) {
    for (const point of rows(200)) {
      const east = new Vector3(0.3, 0.8, -0.5).cross(point).normalize().multiplyScalar(1e-3)
      const north = point.clone().cross(east)
      const at = screenOf(pose, point)
      const [right, above] = [east, north].map((step) => {
        const place = screenOf(pose, point.clone().add(step).normalize())
        return { x: place.x - at.x, y: place.y - at.y, sheet: place.sheet }
      })
      if (right === undefined || above === undefined) throw new TypeError('two steps')
      if (right.sheet !== at.sheet || above.sheet !== at.sheet) continue
      // With y down, anticlockwise is negative.
      expect(right.x * above.y - right.y * above.x).toBeLessThan(0)
    }
  }
})

it('lets the rims touch where the ball was held together last', () => {
  const pose = poseOf(eyeOf(900, 600, 4.45, 1), new Quaternion())
  const seam = [1e-4, -1e-4].map((z) => screenOf(pose, new Vector3(1, 0, z).normalize()))
  expect(seam.map(({ sheet }) => sheet)).toEqual(['near', 'far'])
  const [before, after] = seam
  if (before === undefined || after === undefined) throw new TypeError('two points')
  expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(14)
})

it('keeps each disc to its half of the view from near by, and fits both in from afar', () => {
  const near = poseOf(eyeOf(900, 600, 1.3, 1), turn)
  const places = rows(2000).map((point) => screenOf(near, point))
  for (const { x, sheet, isFront } of places) expect(isFront).toBe((sheet === 'near') === x < 450)
  expect(places.some(({ isFront }) => !isFront)).toBe(true)
  const { radius, near: left } = discsOf(eyeOf(900, 600, 4.45, 1))
  expect(450 + left.x - radius).toBeGreaterThan(40)
  expect(radius).toBeGreaterThan(170)
})

it('has room for a caption beside each disc, unless the discs fill the view or are tiny', () => {
  for (const { eye } of [wide, high]) {
    const places = captionPlaces(eye)
    const discs = discsOf(eye)
    for (const half of ['near', 'far'] as const) {
      const { x, y } = places?.[half] ?? { x: NaN, y: NaN }
      expect(x).toBeGreaterThan(50)
      for (const other of [discs.near, discs.far]) {
        const away = Math.hypot(x - eye.width / 2 - other.x, eye.height / 2 - y - other.y)
        expect(away).toBeGreaterThan(discs.radius)
      }
    }
  }
  expect(captionPlaces(eyeOf(900, 600, 1.3, 1))).toBeNull()
  expect(captionPlaces(eyeOf(300, 200, 4.45, 1))).toBeNull()
  expect(captionPlaces(eyeOf(900, 600, 4.45, 0.9))).toBeNull()
})

it('moves steadily from the ball to the discs', () => {
  const point = new Vector3(0.2, 0.4, -0.7).normalize()
  const places = [0, 0.25, 0.5, 0.75, 1].map((flatness) =>
    screenOf(poseOf(eyeOf(900, 600, 4.45, flatness), new Quaternion()), point),
  )
  const xs = places.map(({ x }) => x)
  expect([...xs].sort((a, b) => a - b)).toEqual(xs)
  expect(places[0]?.isFront).toBe(false)
  expect(places[4]?.isFront).toBe(true)
})
