import { describe, expect, it } from 'vitest'
import {
  labelAnchors,
  keptInside,
  withoutOverlap,
} from '../../../src-renderer/sphere/labelAnchors.ts'

const s = Math.SQRT1_2

describe('labelAnchors', () => {
  it('stands a name at the mean direction of its images, the largest first', () => {
    const ids = Int32Array.of(1, 2, 3, 4)
    const positions = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, NaN, 0, 0)
    const labels = [9, 9, 5, 9]
    const [first, second, ...rest] = labelAnchors({ ids, positions }, (id) => labels[id - 1] ?? -1)
    expect(first?.label).toBe(9)
    expect(first?.count).toBe(2)
    expect(first?.concentration).toBeCloseTo(s, 6)
    first?.direction.forEach((part, i) => expect(part).toBeCloseTo([s, s, 0][i] ?? NaN, 6))
    expect(second).toMatchObject({ label: 5, direction: [0, 0, 1], concentration: 1 })
    expect(rest).toEqual([])
  })

  it('has no name for a label that stands all over the ball, nor for images without one', () => {
    const ids = Int32Array.of(1, 2, 3)
    const positions = Float32Array.of(1, 0, 0, -1, 0, 0, 0, 1, 0)
    expect(labelAnchors({ ids, positions }, (id) => (id === 3 ? -1 : 0))).toEqual([])
  })
})

describe('withoutOverlap', () => {
  const name = (x: number, y: number) => ({ x, y, width: 60, height: 18 })

  it('keeps the first of two that would touch, and no more than asked for', () => {
    const names = [name(0, 0), name(50, 5), name(70, 0), name(0, 40), name(300, 300)]
    expect(withoutOverlap(names, 3)).toEqual([name(0, 0), name(70, 0), name(0, 40)])
  })
})

describe('keptInside', () => {
  const view = { width: 300, height: 200 }
  const at = (x: number, y: number, width = 60) => keptInside({ x, y, width, height: 18 }, view)

  it('moves a name that would be cut, and no other', () => {
    expect(at(150, 100)).toMatchObject({ x: 150, y: 100 })
    expect(at(10, -4)).toMatchObject({ x: 30, y: 9 })
    expect(at(295, 199)).toMatchObject({ x: 270, y: 191 })
  })
  it('shows the beginning of a name that is wider than the view', () => {
    expect(at(150, 100, 400)).toMatchObject({ x: 200 })
  })
})
