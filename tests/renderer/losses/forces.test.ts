import { describe, expect, it } from 'vitest'
import type { LossPicture } from '../../../src-main/contract/lossPicture.ts'
import { descend, turned } from '../../../src-renderer/losses/descend.ts'
import { forcesOf, tiesOf } from '../../../src-renderer/losses/forces.ts'

/** Two points a quarter apart; the first, as an anchor, has the pair's slope on the other. */
function pictureOf(slope: number | null): LossPicture {
  const slopes = slope === null ? Float32Array.of(0.5, -0.25) : Float32Array.of(-slope, slope)
  return {
    regime: 'metric',
    loss: 1,
    slopes,
    cells: Int8Array.of(0, 1, 1, 0),
    pairSlopes: slope === null ? null : Float32Array.of(0, slope, 0, 0),
    learnt: [],
  }
}
const angles = [0, Math.PI / 2]

describe('forcesOf', () => {
  it('lets a pair whose loss grows with the angle pull, and the other way push', () => {
    expect(forcesOf(pictureOf(2), angles)).toEqual([
      { point: 0, kind: 'pull', value: 2 },
      { point: 1, kind: 'pull', value: -2 },
    ])
    expect(forcesOf(pictureOf(-2), angles)).toEqual([
      { point: 0, kind: 'push', value: -2 },
      { point: 1, kind: 'push', value: 2 },
    ])
  })

  it('shows the whole where a loss is not made of pairs', () => {
    expect(forcesOf(pictureOf(null), angles)).toEqual([
      { point: 0, kind: 'net', value: -0.5 },
      { point: 1, kind: 'net', value: 0.25 },
    ])
  })

  it('leaves out what is 0', () => expect(forcesOf(pictureOf(0), angles)).toEqual([]))
})

describe('tiesOf', () => {
  it('says from either end what two points have to do with each other', () => {
    expect(tiesOf(pictureOf(2), angles, 0)).toEqual([{ from: 0, to: 1, value: 2 }])
    expect(tiesOf(pictureOf(2), angles, 1)).toEqual([{ from: 1, to: 0, value: 2 }])
    expect(tiesOf(pictureOf(-2), angles, 1)).toEqual([{ from: 1, to: 0, value: -2 }])
    expect(tiesOf(pictureOf(null), angles, 0)).toEqual([])
  })
})

describe('descend', () => {
  it('goes against the slope, and round the circle', () => {
    const next = descend([0, 1], pictureOf(0.5), 0.01)
    expect(next.angles[0]).toBeCloseTo(0.005, 9)
    expect(next.angles[1]).toBeCloseTo(1 - 0.005, 9)
    expect(turned(-0.1)).toBeCloseTo(2 * Math.PI - 0.1, 9)
  })

  it('shortens a step that is too long as a whole, and knows when nothing moves', () => {
    const [first, second] = descend([1, 2], pictureOf(1000), 0.05).angles
    expect(first).toBeCloseTo(1.05, 6)
    expect(second).toBeCloseTo(1.95, 6)
    expect(descend([1, 2], pictureOf(1000), 0.05).isSettled).toBe(false)
    expect(descend([1, 2], pictureOf(0.0001), 0.05).isSettled).toBe(true)
  })

  it('moves what the loss learns too', () => {
    const picture = {
      ...pictureOf(0),
      learnt: [
        {
          name: 'proxies',
          shape: [1, 2],
          values: Float32Array.of(1, 0),
          gradient: Float32Array.of(0, 2),
        },
      ],
    }
    const [proxies] = descend(angles, picture, 0.01).learnt
    expect([...proxies!.values]).toEqual([1, Math.fround(-0.02)])
  })
})
