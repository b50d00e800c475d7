import { describe, expect, it } from 'vitest'
import { ignored, negative, positive } from '../../../src-main/losses/relation.ts'
import type { Relation } from '../../../src-main/losses/relation.ts'
import { bitOf, lookUp, withoutCancelled } from '../../../src-main/losses/suspects.ts'

describe('lookUp', () => {
  it('finds each listed pair, both ways round, and no other', () => {
    const images = Int32Array.of(2, 5, 9, 40, 41, 42, 43, 44, 45, 46)
    const count = images.length
    const bits = new Int32Array(Math.ceil((count * (count - 1)) / 2 / 32))
    const listed = [
      [0, 1],
      [3, 9],
      [8, 9],
      [4, 7],
    ] as const
    for (const [i, j] of listed) {
      const bit = bitOf(i, j, count)
      bits[bit >> 5]! |= 1 << (bit & 31)
    }
    const isCancelled = lookUp({ kind: 'listed', images, bits })
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        const expected = listed.some(([a, b]) => (a === i && b === j) || (a === j && b === i))
        expect(isCancelled(images[i]!, images[j]!)).toBe(expected)
      }
    expect(isCancelled(2, 3)).toBe(false)
    expect(isCancelled(-1, 5)).toBe(false)
  })

  it('gives every pair a bit of its own', () => {
    const bits = new Set<number>()
    for (let i = 0; i < 12; i++) for (let j = i + 1; j < 12; j++) bits.add(bitOf(i, j, 12))
    expect([...bits].sort((a, b) => a - b)).toEqual(Array.from({ length: 66 }, (_, bit) => bit))
  })

  it('compares factors with the threshold, an image never with itself', () => {
    const isCancelled = lookUp({
      kind: 'factors',
      images: Int32Array.of(10, 20, 30),
      factors: Float32Array.of(1, 0, 0.6, 0.8, 0, 1),
      dim: 2,
      threshold: 0.5,
    })
    expect(isCancelled(10, 20)).toBe(true)
    expect(isCancelled(30, 20)).toBe(true)
    expect(isCancelled(10, 30)).toBe(false)
    expect(isCancelled(10, 10)).toBe(false)
  })

  it('cancels the share that it was told to at random', () => {
    const isCancelled = lookUp({ kind: 'random', share: 0.06, salt: 3 })
    let count = 0
    for (let i = 0; i < 300; i++) for (let j = i + 1; j < 300; j++) if (isCancelled(j, i)) count++
    expect(count / 44_850).toBeCloseTo(0.06, 2)
  })
})

describe('withoutCancelled', () => {
  const relation: Relation = {
    rows: 2,
    columns: 4,
    cells: Int8Array.of(
      ignored,
      positive,
      negative,
      negative,
      positive,
      ignored,
      negative,
      ignored,
    ),
  }

  it('turns negatives into ignored, in the batch and in the memory, and nothing else', () => {
    const isCancelled = (a: number, b: number) => a !== 1 || b !== 3
    const { cells } = withoutCancelled(relation, Int32Array.of(0, 1, 2, 3), isCancelled)
    expect([...cells]).toEqual([
      ignored,
      positive,
      ignored,
      ignored,
      positive,
      ignored,
      ignored,
      ignored,
    ])
    expect(relation.cells[2]).toBe(negative)
    const second = withoutCancelled(
      relation,
      Int32Array.of(0, 1, 2, 3),
      (a, b) => a === 1 && b === 2,
    )
    expect([...second.cells]).toEqual([
      ...[ignored, positive, negative, negative],
      ...[positive, ignored, ignored, ignored],
    ])
  })

  it('is the relation itself while nothing is suspected', () => {
    expect(withoutCancelled(relation, Int32Array.of(0, 1, 2, 3), null)).toBe(relation)
  })
})
