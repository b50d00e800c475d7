import { Quaternion, Vector3 } from 'three'
import { expect, it } from 'vitest'
import { hitOf } from '../../../src-renderer/sphere/projection.ts'
import { Trackball } from '../../../src-renderer/sphere/trackball.ts'

function made(): Trackball {
  const ball = new Trackball()
  ball.resize(800, 600)
  return ball
}

/** The place of the ball, in its own coordinates, that is seen at a pixel. */
function seenAt(ball: Trackball, x: number, y: number): Vector3 {
  const hit = hitOf(ball.eye, x, y)
  if (hit === null) throw new TypeError('beside the ball')
  return hit.applyQuaternion(ball.orientation.clone().invert())
}

function settle(ball: Trackball): number {
  let steps = 0
  while (ball.advance(16) && steps < 1000) steps++
  return steps
}

it('keeps what is grabbed under the pointer', () => {
  const ball = made()
  const grabbed = seenAt(ball, 330, 260)
  ball.grab(330, 260)
  for (const [x, y] of [
    [360, 280],
    [420, 350],
    [500, 330],
  ] as const) {
    ball.drag(x, y, 16)
    expect(seenAt(ball, x, y).distanceTo(grabbed)).toBeLessThan(1e-6)
  }
})

it.each([
  ['near', 150],
  ['far', 590],
])('keeps what is grabbed under the pointer on the flat disc of the %s half', (_, left) => {
  const ball = made()
  ball.setFlat(true)
  settle(ball)
  const grabbed = seenAt(ball, left, 260)
  ball.grab(left, 260)
  for (const [right, y] of [
    [20, 280],
    [90, 350],
    [60, 320],
  ] as const) {
    ball.drag(left + right, y, 16)
    expect(seenAt(ball, left + right, y).distanceTo(grabbed)).toBeLessThan(1e-6)
  }
  // Beyond the rim of the disc it goes on without a jump.
  let before = ball.orientation.clone()
  for (let x = left + 60; x < left + 300; x += 2) {
    ball.drag(x, 320, 16)
    expect(before.angleTo(ball.orientation)).toBeLessThan(0.06)
    before = ball.orientation.clone()
  }
})

it('zooms to the pointer on either flat disc', () => {
  for (const x of [190, 620]) {
    const ball = made()
    ball.setFlat(true)
    settle(ball)
    const aim = seenAt(ball, x, 280)
    ball.zoomAt(x, 280, 5)
    settle(ball)
    expect(seenAt(ball, x, 280).distanceTo(aim)).toBeLessThan(1e-3)
  }
})

it('is laid flat and closed again, at once where motion is unwanted', () => {
  const ball = made()
  ball.setFlat(true)
  expect(ball.isFlattening).toBe(true)
  ball.advance(100)
  expect(ball.eye.flatness).toBeGreaterThan(0)
  expect(ball.eye.flatness).toBeLessThan(0.5)
  settle(ball)
  expect(ball.eye.flatness).toBe(1)
  ball.isStill = true
  ball.setFlat(false)
  expect(ball.eye.flatness).toBe(0)
  expect(ball.advance(16)).toBe(false)
})

it('turns on across the outline without a jump and never stops being a rotation', () => {
  const ball = made()
  ball.grab(400, 300)
  let before = ball.orientation.clone()
  for (let x = 400; x < 1100; x += 2) {
    ball.drag(x, 300, 16)
    expect(before.angleTo(ball.orientation)).toBeLessThan(0.04)
    expect(ball.orientation.length()).toBeCloseTo(1, 9)
    before = ball.orientation.clone()
  }
})

it('is thrown by a quick hand, comes to rest, and is not thrown by one that waits', () => {
  const thrown = made()
  thrown.grab(400, 300)
  for (let x = 405; x < 450; x += 5) thrown.drag(x, 300, 8)
  const before = thrown.orientation.clone()
  thrown.release(4)
  const steps = settle(thrown)
  expect(steps).toBeGreaterThan(10)
  expect(steps).toBeLessThan(300)
  expect(before.angleTo(thrown.orientation)).toBeGreaterThan(0.1)

  const put = made()
  put.grab(400, 300)
  put.drag(450, 300, 8)
  put.release(200)
  expect(put.advance(16)).toBe(false)
})

it('zooms to the pointer: what is under it stays, within limits', () => {
  const ball = made()
  const aim = seenAt(ball, 480, 240)
  ball.zoomAt(480, 240, 8)
  settle(ball)
  expect(ball.eye.distance).toBeCloseTo(1 + 3.45 / 8, 2)
  expect(seenAt(ball, 480, 240).distanceTo(aim)).toBeLessThan(1e-3)
  ball.zoomAt(480, 240, 1e9)
  settle(ball)
  expect(ball.eye.distance).toBeGreaterThan(1.01)
  ball.zoomAt(480, 240, 1e-9)
  settle(ball)
  expect(ball.eye.distance).toBeLessThan(10)
})

it('brings a direction to the front', () => {
  const ball = made()
  for (const direction of [new Vector3(0.3, -0.9, 0.2), new Vector3(0, 1, 0)]) {
    ball.face(direction)
    settle(ball)
    const front = direction.clone().normalize().applyQuaternion(ball.orientation)
    expect(front.distanceTo(new Vector3(0, 0, 1))).toBeLessThan(1e-6)
  }
})

it('brings a direction to the front at once, where a touch could break a flight off', () => {
  const ball = made()
  ball.face(new Vector3(0, 0, -1), true)
  ball.grab(300, 300)
  ball.release(0)
  const front = new Vector3(0, 0, -1).applyQuaternion(ball.orientation)
  expect(front.z).toBeCloseTo(1, 6)
})

it('goes home', () => {
  const ball = made()
  const { distance } = ball.eye
  const home = ball.orientation.clone()
  ball.turnBy(1, 2)
  settle(ball)
  ball.zoomAt(400, 300, 3)
  settle(ball)
  ball.reset()
  settle(ball)
  expect(ball.orientation.angleTo(home)).toBeLessThan(1e-6)
  expect(ball.eye.distance).toBeCloseTo(distance, 9)
})

it('turns to the side that a key names', () => {
  const ball = made()
  ball.face(new Vector3(0, 0, 1))
  settle(ball)
  ball.turnBy(0.2, 0)
  settle(ball)
  const front = new Vector3(0, 0, 1).applyQuaternion(ball.orientation)
  expect(front.x).toBeGreaterThan(0.1)
  ball.turnBy(0, 0.2)
  settle(ball)
  const after = new Vector3(0, 0, 1).applyQuaternion(ball.orientation)
  expect(after.y).toBeGreaterThan(0.1)
})

it('turns as far by a key that repeats as by one that waits', () => {
  const quick = made()
  for (let i = 0; i < 4; i++) {
    quick.turnBy(0.2, 0)
    quick.advance(30)
  }
  settle(quick)
  const slow = made()
  for (let i = 0; i < 4; i++) {
    slow.turnBy(0.2, 0)
    settle(slow)
  }
  expect(quick.orientation.angleTo(slow.orientation)).toBeLessThan(1e-6)
})

it('keeps north up when asked to, whatever the hand does', () => {
  const ball = made()
  ball.orientation.multiply(new Quaternion().setFromAxisAngle(new Vector3(1, 0, 1).normalize(), 2))
  ball.setNorthUp(true)
  ball.grab(300, 200)
  for (let i = 0; i < 40; i++) ball.drag(300 + 6 * i, 200 + 5 * i, 16)
  const north = new Vector3(0, 1, 0).applyQuaternion(ball.orientation)
  expect(north.x).toBeCloseTo(0, 6)
  expect(north.y).toBeGreaterThan(0)
})

it('spins until the first touch, and rests while it is held', () => {
  const ball = made()
  ball.isSpinning = true
  const before = ball.orientation.clone()
  expect(ball.advance(100)).toBe(true)
  expect(before.angleTo(ball.orientation)).toBeGreaterThan(1e-3)
  ball.isHeld = true
  expect(ball.advance(100)).toBe(false)
  ball.isHeld = false
  ball.grab(10, 10)
  ball.release(0)
  expect(ball.advance(100)).toBe(false)
})

it('moves by hand alone where motion is unwanted', () => {
  const ball = made()
  ball.isStill = true
  ball.isSpinning = true
  expect(ball.advance(16)).toBe(false)
  ball.face(new Vector3(0, -1, 0))
  expect(ball.advance(16)).toBe(false)
  const front = new Vector3(0, -1, 0).applyQuaternion(ball.orientation)
  expect(front.z).toBeCloseTo(1, 6)
  ball.grab(300, 300)
  ball.drag(400, 300, 4)
  ball.release(0)
  expect(ball.advance(16)).toBe(false)
  const { distance } = ball.eye
  ball.zoomAt(400, 300, 2)
  expect(ball.eye.distance).toBeLessThan(distance)
  expect(ball.advance(16)).toBe(false)
})
