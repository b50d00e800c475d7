import { describe, expect, it } from 'vitest'
import { labelBatches } from '../../../src-main/data/samplers/labelBatches.ts'
import { uniformBatches } from '../../../src-main/data/samplers/uniformBatches.ts'

function countsOf(batches: readonly Int32Array[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const image of batches.flatMap((batch) => [...batch]))
    counts.set(image, (counts.get(image) ?? 0) + 1)
  return counts
}

/** Labels by size: `[3, 1]` is three images of label 0 and one of label 1. */
function labelsOf(sizes: readonly number[]): Int32Array {
  return Int32Array.from(sizes.flatMap((size, label) => Array<number>(size).fill(label)))
}

describe('uniformBatches', () => {
  it('shows every image once an epoch, in another order each time', () => {
    const options = { count: 103, batchSize: 10, seed: 1 }
    const [first, again, second] = [1, 1, 2].map((epoch) => uniformBatches({ ...options, epoch }))
    expect(first?.map(({ length }) => length)).toEqual([...Array<number>(10).fill(10), 3])
    expect([...countsOf(first ?? []).values()]).toEqual(Array(103).fill(1))
    expect(again).toEqual(first)
    expect(second).not.toEqual(first)
    expect(uniformBatches({ ...options, seed: 2, epoch: 1 })).not.toEqual(first)
  })

  it('drops a last batch of one image, which has nothing to be compared with', () => {
    const batches = uniformBatches({ count: 21, batchSize: 10, seed: 1, epoch: 1 })
    expect(batches.map(({ length }) => length)).toEqual([10, 10])
    expect(uniformBatches({ count: 1, batchSize: 10, seed: 1, epoch: 1 })).toEqual([])
  })
})

describe('labelBatches', () => {
  const balanced = { batchSize: 12, imagesPerLabel: 3, seed: 1, epoch: 1 }

  it('gives P labels with K images each', () => {
    const labels = labelsOf(Array(10).fill(6))
    const batches = labelBatches({ ...balanced, labels })
    expect(batches.length).toBe(5)
    for (const batch of batches) {
      const counts = new Map<number, number>()
      for (const image of batch) {
        const label = labels[image] ?? -1
        counts.set(label, (counts.get(label) ?? 0) + 1)
      }
      expect([...counts.values()].every((count) => count % 3 === 0)).toBe(true)
      expect(batch.length).toBe(12)
    }
    expect([...countsOf(batches).values()]).toEqual(Array(60).fill(1))
  })

  it('has no image twice in a batch, nor one without a partner, for labels of any size', () => {
    const labels = labelsOf([1, 2, 3, 4, 5, 6, 7, 1, 13, 2])
    for (let epoch = 1; epoch <= 50; epoch++)
      for (const batch of labelBatches({ ...balanced, labels, epoch })) {
        expect(new Set(batch).size).toBe(batch.length)
        const own = [...batch].map((image) => labels[image])
        expect(new Set(own).size).toBeGreaterThan(1)
        for (const label of own)
          expect(own.filter((other) => other === label).length).toBeGreaterThan(1)
      }
  })

  it('shows every image that has a partner each epoch, but for a batch of one label at its end', () => {
    const labels = labelsOf([1, 2, 3, 4, 5, 6, 7, 2])
    const seen = countsOf(labelBatches({ ...balanced, labels }))
    expect(seen.has(0)).toBe(false)
    expect(seen.size).toBeGreaterThanOrEqual(labels.length - 1 - 3)
    expect(Math.max(...seen.values())).toBeLessThanOrEqual(2)
  })

  it('leaves out images without a label', () => {
    const labels = Int32Array.of(-1, 0, 0, -1, 1, 1)
    const seen = countsOf(labelBatches({ ...balanced, labels }))
    expect([...seen.keys()].sort()).toEqual([1, 2, 4, 5])
  })

  it('is the same for the same seed and epoch only', () => {
    const labels = labelsOf(Array(10).fill(6))
    const of = (seed: number, epoch: number) => labelBatches({ ...balanced, labels, seed, epoch })
    expect(of(1, 1)).toEqual(of(1, 1))
    expect(of(1, 2)).not.toEqual(of(1, 1))
    expect(of(2, 1)).not.toEqual(of(1, 1))
  })

  it('gives no batches where no two labels have partners', () => {
    expect(labelBatches({ ...balanced, labels: labelsOf([1, 1, 1]) })).toEqual([])
    expect(labelBatches({ ...balanced, labels: labelsOf([5]) })).toEqual([])
  })
})
