import { expect, it } from 'vitest'
import { neighbourArcs } from '../../../src-renderer/sphere/neighbourArcs.ts'

const around = (degrees: number): number[] => {
  const angle = (degrees * Math.PI) / 180
  return [Math.cos(angle), Math.sin(angle), 0]
}
const frame = {
  run: '2026-11-24-1',
  epoch: 1,
  view: 'linear' as const,
  ownMotionDegrees: null,
  frameEpoch: 1,
  ids: Int32Array.of(10, 11, 12, 13, 14),
  positions: Float32Array.from([0, 5, 10, 15, 120].flatMap(around)),
  faithfulness: {
    isExact: false,
    lengthShare: 0.5,
    trustworthiness: 0.9,
    continuity: 0.9,
    neighboursKept: 0.5,
    k: 2,
  },
}

it('marks a neighbour as torn when the picture has enough others nearer', () => {
  const neighbours = {
    of: 10,
    ids: Int32Array.of(14, 11, 12, 13),
    cosines: Float32Array.of(0.9, 0.8, 0.7, 0.6),
  }
  expect(neighbourArcs(frame, neighbours, 3)).toEqual([
    { from: 10, to: 14, kind: 'torn', strength: 1 },
    { from: 10, to: 11, kind: 'near', strength: 1 },
    { from: 10, to: 12, kind: 'near', strength: 1 },
  ])
})

it('leaves out images that are not in the picture', () => {
  const neighbours = { of: 10, ids: Int32Array.of(99, 11), cosines: Float32Array.of(0.9, 0.8) }
  expect(neighbourArcs(frame, neighbours, 6)).toEqual([
    { from: 10, to: 11, kind: 'near', strength: 1 },
  ])
  expect(neighbourArcs(frame, { ...neighbours, of: 99 }, 6)).toEqual([])
})
