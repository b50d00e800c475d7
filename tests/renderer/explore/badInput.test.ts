import { Quaternion } from 'three'
import { describe, expect, it } from 'vitest'
import { clusterCaps } from '../../../src-renderer/explore/clusterCaps.ts'
import { sphereRows } from '../../../src-renderer/explore/sphereRows.ts'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { rowsOf } from '../../../src-renderer/sphere/frameRows.ts'
import { labelAnchors } from '../../../src-renderer/sphere/labelAnchors.ts'
import { nearestRows } from '../../../src-renderer/sphere/nearestRows.ts'
import { pickRow } from '../../../src-renderer/sphere/picking.ts'
import { gridOf } from '../../../src-renderer/sphere/pointGrid.ts'
import { stepRow } from '../../../src-renderer/sphere/stepping.ts'
import { rowsWithin } from '../../../src-renderer/sphere/sweeping.ts'

const pose = poseOf(eyeOf(800, 800, 4.4), new Quaternion())
const everything = [
  [0, 0],
  [800, 0],
  [800, 800],
  [0, 800],
] as const

/** What the sphere does with a frame: how many it draws, picks in the middle, sweeps and lists. */
function seen(ids: number[], positions: number[]) {
  const frame = { ids: Int32Array.from(ids), positions: Float32Array.from(positions) }
  const rows = rowsOf(frame.ids, frame.positions)
  const alphas = new Uint8Array(rows.ids.length).fill(255)
  const options = { radiusPx: 14, isSeeThrough: false, alphas }
  const towards = { x: 0, y: 0, z: 1 }
  return {
    drawn: rows.ids.length,
    picked: pickRow(gridOf(rows.positions), pose, [400, 400], options),
    stepped: stepRow(rows.positions, alphas, pose, { from: null, direction: [1, 0] }),
    swept: rowsWithin(rows.positions, alphas, pose, { area: everything, isSeeThrough: true }),
    nearest: nearestRows(rows.positions, alphas, towards, 9).length,
    named: labelAnchors(frame, () => 0).length,
    caps: clusterCaps(frame, () => 0).length,
    listed: sphereRows(frame).filter(({ place }) => place !== null).length,
  }
}

describe('a frame of', () => {
  it('no images shows an empty ball', () => {
    expect(seen([], [])).toMatchObject({ drawn: 0, picked: null, stepped: null, swept: [] })
    expect(seen([], [])).toMatchObject({ nearest: 0, named: 0, caps: 0, listed: 0 })
  })

  it('one image can be picked, and is no patch', () => {
    expect(seen([7], [0, 0, 1])).toMatchObject({ drawn: 1, picked: 0, caps: 0, named: 1 })
  })

  it('two and three images in one place picks the one on top', () => {
    expect(seen([7, 8], [0, 0, 1, 0, 0, 1])).toMatchObject({ drawn: 2, picked: 1, caps: 1 })
    const three = seen([7, 8, 9], [0, 0, 1, 0, 0, 1, 0, 0, 1])
    expect(three).toMatchObject({ picked: 2, swept: [0, 1, 2], nearest: 3, listed: 3 })
  })

  it('rows that are not finite or zero leaves those out, and lists them without a place', () => {
    const rows = [NaN, 0, 0, 0, 0, 0, Infinity, 0, 0, 0, 0, 2]
    expect(seen([1, 2, 3, 4], rows)).toMatchObject({ drawn: 1, picked: 0, nearest: 1, listed: 1 })
    expect(sphereRows({ ids: Int32Array.of(1), positions: Float32Array.of(NaN, 0, 0) })).toEqual([
      { id: 1, place: null },
    ])
  })
})

it('tells places in degrees north and east', () => {
  const [front, north, west] = sphereRows({
    ids: Int32Array.of(1, 2, 3),
    positions: Float32Array.of(0, 0, 1, 0, 2, 0, -1, 0, 0),
  })
  expect(front?.place).toEqual({ north: 0, east: 0 })
  expect(north?.place?.north).toBeCloseTo(90)
  expect(west?.place?.east).toBeCloseTo(-90)
})
