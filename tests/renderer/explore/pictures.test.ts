import { describe, expect, it } from 'vitest'
import type { SphereFrame } from '../../../src-main/contract/sphere.ts'
import { middleImage } from '../../../src-renderer/explore/middleImage.ts'
import { nearestLabels } from '../../../src-renderer/explore/nearestLabels.ts'

function frameOf(points: readonly (readonly [number, number, number])[]): SphereFrame {
  return {
    run: 'r',
    epoch: 0,
    view: 'linear',
    ownMotionDegrees: null,
    frameEpoch: 0,
    ids: Int32Array.from(points, (_, i) => 10 + i),
    positions: Float32Array.from(points.flat()),
    faithfulness: {
      isExact: true,
      lengthShare: 1,
      trustworthiness: 0.9,
      continuity: 0.9,
      neighboursKept: 1,
      k: 1,
    },
  }
}

describe('middleImage', () => {
  it('is the image nearest to the mean direction', () => {
    const side = Math.SQRT1_2
    const frame = frameOf([
      [1, 0, 0],
      [side, side, 0],
      [0, 1, 0],
    ])
    expect(middleImage(frame)).toBe(11)
  })

  it('does not exist where all directions cancel out, or without images', () => {
    expect(
      middleImage(
        frameOf([
          [1, 0, 0],
          [-1, 0, 0],
        ]),
      ),
    ).toBeNull()
    expect(middleImage(frameOf([]))).toBeNull()
  })
})

describe('nearestLabels', () => {
  const frame = frameOf([
    [1, 0, 0],
    [0.8, 0.6, 0],
    [0, 1, 0],
    [-1, 0, 0],
    [1, 0, 0],
  ])
  const labelOf = (id: number) => [0, 1, 2, 3, -1][id - 10] ?? -1

  it('orders labels by the angle between their means, and leaves out images without one', () => {
    expect(nearestLabels(frame, labelOf, 0, 5)).toEqual([1, 2, 3])
    expect(nearestLabels(frame, labelOf, 0, 1)).toEqual([1])
  })

  it('knows none for a label that is not in the picture', () => {
    expect(nearestLabels(frame, labelOf, 9, 5)).toEqual([])
  })
})
