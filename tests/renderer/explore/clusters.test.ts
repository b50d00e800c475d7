import { describe, expect, it } from 'vitest'
import { clusterCaps } from '../../../src-renderer/explore/clusterCaps.ts'
import { inFamilies } from '../../../src-renderer/explore/inFamilies.ts'
import { labelsInside } from '../../../src-renderer/explore/clusterLabels.ts'
import { slotsOf } from '../../../src-renderer/stores/sphereClusters.ts'

describe('caps of clusters', () => {
  const at = (degrees: number): number[] => {
    const angle = (degrees * Math.PI) / 180
    return [Math.sin(angle), 0, Math.cos(angle)]
  }

  it('stand in the middle of their images, as wide as these are spread', () => {
    const frame = {
      ids: Int32Array.of(1, 2, 3, 4, 5),
      positions: Float32Array.from([...at(-10), ...at(10), ...at(90), ...at(90), NaN, 0, 0]),
    }
    const [wide, tight, ...more] = clusterCaps(frame, (id) => (id < 3 ? 7 : 9))
    expect(more).toEqual([])
    expect(wide?.number).toBe(7)
    expect(wide?.direction[2]).toBeCloseTo(1)
    expect(wide?.radius).toBeCloseTo((10 * Math.PI) / 180)
    expect(tight?.radius).toBeCloseTo(0.02)
  })

  it('are none for a single image, and for what is all over the ball', () => {
    const frame = {
      ids: Int32Array.of(1, 2, 3),
      positions: Float32Array.from([...at(0), ...at(180), ...at(45)]),
    }
    expect(clusterCaps(frame, (id) => (id === 3 ? 1 : 0))).toEqual([])
  })
})

describe('colours of clusters', () => {
  const named = (...numbers: number[]) => ({ clusters: numbers.map((number) => ({ number })) })
  const slots = (before: ReadonlyMap<number, number>, ...numbers: number[]) =>
    slotsOf(before, named(...numbers) as never)

  it('stay while a cluster lives, and are given again when it is gone', () => {
    const first = slots(new Map(), 4, 2, 9)
    expect([...first]).toEqual([
      [4, 0],
      [2, 1],
      [9, 2],
    ])
    const second = slots(first, 9, 4, 11, 12)
    expect(second.get(9)).toBe(2)
    expect(second.get(4)).toBe(0)
    expect(second.get(11)).toBe(1)
    expect(second.get(12)).toBe(3)
  })

  it('come back with a cluster that comes back, unless another has got them', () => {
    const first = slots(new Map(), 4, 2, 9)
    // 2 is cut into 10 and 11, and whole again.
    const cut = slots(first, 4, 9, 10, 11)
    expect([cut.get(10), cut.get(11)]).toEqual([1, 3])
    expect(slots(cut, 4, 2, 9).get(2)).toBe(1)
    const both = slots(cut, 10, 2, 4, 9)
    expect([both.get(10), both.get(2)]).toEqual([1, 3])
  })
})

it('merges labels that have most of their images in a cluster, and no others', () => {
  const labels = new Map([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 2],
    [5, -1],
  ])
  const labelOf = (id: number): number => labels.get(id) ?? -1
  const counts = Int32Array.of(3, 1, 2, 1)
  expect(labelsInside(Int32Array.of(1, 2, 3, 4, 5), labelOf, counts)).toEqual([0, 1])
})

it('lists the parts of a split one after the other', () => {
  const clusters = [null, 7, null, 5, 7, 5].map((splitFrom, number) => ({ number, splitFrom }))
  expect(inFamilies(clusters).map(({ number }) => number)).toEqual([0, 1, 4, 2, 3, 5])
})
