import { expect, it } from 'vitest'
import { CameraLink } from '../../../src-renderer/sphere/cameraLink.ts'
import { Trackball } from '../../../src-renderer/sphere/trackball.ts'

function made() {
  const trackball = new Trackball()
  trackball.resize(400, 400)
  const view = { trackball, asked: 0, invalidate: () => void view.asked++ }
  return view
}

/** Turns and zooms, and lets the ball come to rest. */
function turn(view: ReturnType<typeof made>, link: CameraLink): void {
  view.trackball.turnBy(0.5, 0.2)
  view.trackball.zoomAt(250, 180, 1.4)
  for (let i = 0; view.trackball.advance(16) && i < 500; i++) link.moved(view)
  link.moved(view)
}

it('turns and zooms the others with whichever is turned', () => {
  const link = new CameraLink()
  const [a, b, c] = [made(), made(), made()]
  for (const view of [a, b, c]) link.join(view)
  turn(b, link)
  expect(b.trackball.pose).not.toEqual(made().trackball.pose)
  expect(a.trackball.pose).toEqual(b.trackball.pose)
  expect(c.trackball.pose).toEqual(b.trackball.pose)
  turn(a, link)
  expect(b.trackball.pose).toEqual(a.trackball.pose)
})

it('draws others once a move, and nothing when a follower was drawn', () => {
  const link = new CameraLink()
  const [a, b] = [made(), made()]
  link.join(a)
  link.join(b)
  a.trackball.twist(0.3)
  link.moved(a)
  expect([a.asked, b.asked]).toEqual([0, 1])
  link.moved(b)
  link.moved(a)
  expect([a.asked, b.asked]).toEqual([0, 1])
})

it('ends what the others were doing by themselves', () => {
  const link = new CameraLink()
  const [a, b] = [made(), made()]
  b.trackball.isSpinning = true
  link.join(a)
  link.join(b)
  a.trackball.twist(0.3)
  link.moved(a)
  expect(b.trackball.advance(16)).toBe(false)
  expect(b.trackball.pose).toEqual(a.trackball.pose)
})

it('gives who joins late the place of the others, and forgets who leaves', () => {
  const link = new CameraLink()
  const [a, b] = [made(), made()]
  const leave = link.join(a)
  a.trackball.twist(0.3)
  link.moved(a)
  link.join(b)
  expect(b.trackball.pose).toEqual(a.trackball.pose)
  leave()
  b.trackball.twist(0.3)
  link.moved(b)
  expect(a.trackball.pose).not.toEqual(b.trackball.pose)
})

it('knows whether a later ball begins where another one stood', () => {
  const link = new CameraLink()
  expect(link.isPlaced).toBe(false)
  const first = made()
  const leave = link.join(first)
  turn(first, link)
  leave()
  expect(link.isPlaced).toBe(true)
  const second = made()
  link.join(second)
  expect(second.trackball.pose).toEqual(first.trackball.pose)
})
