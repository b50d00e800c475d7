import { Quaternion } from 'three'
import { describe, expect, it } from 'vitest'
import { arcWay, pickArc } from '../../../src-renderer/sphere/arcPicking.ts'
import type { ArcRows } from '../../../src-renderer/sphere/arcs.ts'
import { arcLift } from '../../../src-renderer/sphere/arcs.ts'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { screenOf } from '../../../src-renderer/sphere/projection.ts'

const eye = eyeOf(800, 600, 4.45)
const pose = poseOf(eye, new Quaternion())
const side = Math.SQRT1_2
/** Left and right before the eye, above, and behind the ball twice. */
const positions = Float32Array.of(
  -side,
  0,
  side,
  side,
  0,
  side,
  0,
  side,
  side,
  -side,
  0,
  -side,
  side,
  0,
  -side,
)
const arc = (from: number, to: number, kind: ArcRows['kind'] = 'suspect'): ArcRows => ({
  from,
  to,
  kind,
  strength: 1,
})
const options = { radiusPx: 5, isSeeThrough: false }

/** Where the middle of an arc is drawn. */
function middleOf({ from, to }: ArcRows): [number, number] {
  const { x, y } = screenOf(pose, arcWay(positions, { from, to }, arcLift(eye)).at(0.5))
  return [x, y]
}

describe('pointing at an arc', () => {
  it('finds the one whose line is nearest, and none beyond its reach', () => {
    const arcs = [arc(0, 2), arc(0, 1), arc(1, 2)]
    const [x, y] = middleOf(arc(0, 1))
    expect(pickArc(arcs, positions, pose, [x, y + 3], options)).toBe(1)
    expect(pickArc(arcs, positions, pose, [x, y + 7], options)).toBeNull()
    expect(pickArc(arcs, positions, pose, middleOf(arc(1, 2)), options)).toBe(2)
  })

  it('passes over arcs of true neighbours', () => {
    const near = arc(0, 1, 'near')
    expect(pickArc([near], positions, pose, middleOf(near), options)).toBeNull()
  })

  it('finds one behind the ball only where the ball is seen through', () => {
    const behind = arc(3, 4)
    const place = middleOf(behind)
    expect(pickArc([behind], positions, pose, place, options)).toBeNull()
    expect(pickArc([behind], positions, pose, place, { ...options, isSeeThrough: true })).toBe(0)
  })

  it('draws the middle of a long arc off the ball, and its ends on it', () => {
    const way = arcWay(positions, arc(0, 1), 0.06)
    expect(way.angle).toBeCloseTo(Math.PI / 2, 6)
    expect(way.at(0).length()).toBeCloseTo(1, 6)
    expect(way.at(0.5).length()).toBeCloseTo(1.06, 6)
    expect(way.at(0.5).x).toBeCloseTo(0, 6)
  })
})
