import { describe, expect, it } from 'vitest'
import { balancedBatches } from '../../../src-main/data/samplers/balancedBatches.ts'
import { distinctBatches } from '../../../src-main/data/samplers/distinctBatches.ts'
import { filledBatches } from '../../../src-main/data/samplers/filledBatches.ts'
import { hardLabelBatches, prototypesOf } from '../../../src-main/data/samplers/hardLabelBatches.ts'
import { hierarchicalBatches } from '../../../src-main/data/samplers/hierarchicalBatches.ts'
import { labelBatches } from '../../../src-main/data/samplers/labelBatches.ts'

/** Labels by size: `[3, 1]` is three images of label 0 and one of label 1. */
function labelsOf(sizes: readonly number[]): Int32Array {
  return Int32Array.from(sizes.flatMap((size, label) => Array<number>(size).fill(label)))
}

function countsBy(batches: readonly Int32Array[], labels: Int32Array): number[] {
  const counts: number[] = []
  for (const image of batches.flatMap((batch) => [...batch])) {
    const label = labels[image]!
    counts[label] = (counts[label] ?? 0) + 1
  }
  return counts
}

const labelsIn = (batch: Int32Array, labels: Int32Array) =>
  new Set(Array.from(batch, (image) => labels[image]))
const isWithoutRepeats = (batch: Int32Array) => new Set(batch).size === batch.length

const common = { batchSize: 8, imagesPerLabel: 2, seed: 1 }

describe('hierarchicalBatches', () => {
  const labels = labelsOf(Array<number>(12).fill(4))
  const superLabels = Int32Array.from({ length: 12 }, (_, label) => Math.floor(label / 4))

  it('fills a batch with labels of one super-label, and deals every image once', () => {
    const batches = hierarchicalBatches({ ...common, labels, superLabels, epoch: 1 })
    expect(batches).toHaveLength(6)
    for (const batch of batches) {
      expect(isWithoutRepeats(batch)).toBe(true)
      const present = [...labelsIn(batch, labels)]
      expect(present).toHaveLength(4)
      expect(new Set(present.map((label) => superLabels[label!])).size).toBe(1)
    }
    expect(countsBy(batches, labels)).toEqual(Array(12).fill(4))
  })

  it('lets super-labels share what they have left, and draws anew each epoch', () => {
    const uneven = Int32Array.from({ length: 12 }, (_, label) => (label < 3 ? 0 : label))
    const batches = hierarchicalBatches({ ...common, labels, superLabels: uneven, epoch: 1 })
    expect(countsBy(batches, labels)).toEqual(Array(12).fill(4))
    const options = { ...common, labels, superLabels: uneven }
    expect(hierarchicalBatches({ ...options, epoch: 1 })).toEqual(batches)
    expect(hierarchicalBatches({ ...options, epoch: 2 })).not.toEqual(batches)
  })
})

describe('balancedBatches', () => {
  it('shows rare labels as often as frequent ones', () => {
    const labels = labelsOf([40, 2, 10, 3])
    const batches = balancedBatches({ ...common, batchSize: 4, labels, epoch: 1 })
    const counts = countsBy(batches, labels)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4)
    expect(batches).toHaveLength(14)
    for (const batch of batches) {
      expect(isWithoutRepeats(batch)).toBe(true)
      expect(labelsIn(batch, labels).size).toBe(2)
    }
  })

  it('has nothing to deal where one label has a pair', () => {
    expect(balancedBatches({ ...common, labels: labelsOf([5, 1, 1]), epoch: 1 })).toEqual([])
  })
})

describe('hardLabelBatches', () => {
  const labels = labelsOf(Array<number>(8).fill(4))
  // Labels on a circle, two and two close together.
  const angles = [0, 0.1, 1.5, 1.6, 3, 3.1, 4.5, 4.6]
  const prototypes = Float32Array.from(angles.flatMap((a) => [Math.cos(a), Math.sin(a)]))
  const options = { ...common, batchSize: 4, labels, prototypes, dim: 2 }

  it('puts a label together with the one nearest to it', () => {
    const batches = hardLabelBatches({ ...options, epoch: 1 })
    expect(batches).toHaveLength(8)
    for (const batch of batches) {
      const [a, b] = [...labelsIn(batch, labels)].sort()
      expect([a! % 2, b! - a!]).toEqual([0, 1])
    }
    expect(countsBy(batches, labels)).toEqual(Array(8).fill(4))
    expect(hardLabelBatches({ ...options, epoch: 1 })).toEqual(batches)
  })

  it('takes the mean direction of a label’s rows for its prototype', () => {
    const rows = Float32Array.from([1, 0, 0, 1, -1, 0, 0, 0])
    const found = prototypesOf(rows, 2, { labels: Int32Array.of(0, 0, 1, -1), count: 3 })
    const half = Math.SQRT1_2
    const expected = [half, half, -1, 0, 0, 0]
    expect([...found].every((x, i) => Math.abs(x - expected[i]!) < 1e-6)).toBe(true)
  })
})

describe('distinctBatches', () => {
  it('never puts two copies into one batch, and shows every image once', () => {
    const groups = Int32Array.from({ length: 40 }, (_, i) => (i < 8 ? i % 2 : i))
    const batches = distinctBatches({ groups, batchSize: 8, seed: 3, epoch: 1 })
    for (const batch of batches)
      expect(new Set(Array.from(batch, (image) => groups[image])).size).toBe(batch.length)
    expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...groups.keys()])
  })

  it('leaves copies out that cannot be kept apart', () => {
    const groups = Int32Array.of(0, 0, 0, 0, 1, 2)
    const batches = distinctBatches({ groups, batchSize: 3, seed: 1, epoch: 1 })
    expect(batches.flatMap((batch) => [...batch]).length).toBeLessThan(6)
    for (const batch of batches)
      expect(new Set(Array.from(batch, (image) => groups[image])).size).toBe(batch.length)
  })
})

describe('filledBatches', () => {
  it('brings batches to one size with images of the ones after them, none twice', () => {
    const batches = [Int32Array.of(0, 1, 2), Int32Array.of(3), Int32Array.of(0, 4)]
    const filled = filledBatches(batches, 3)
    expect(filled.map((batch) => [...batch])).toEqual([
      [0, 1, 2],
      [3, 0, 4],
      [0, 4, 1],
    ])
    expect(filledBatches(batches, 3, { steps: 5 })).toHaveLength(5)
    expect(filledBatches([], 3, { steps: 5 })).toEqual([])
  })

  it('borrows nothing that may not join', () => {
    const batches = [Int32Array.of(0), Int32Array.of(1, 2, 3)]
    const filled = filledBatches(batches, 3, { mayJoin: (_, image) => image !== 1 })
    expect([...filled[0]!]).toEqual([0, 2, 3])
  })
})

describe('labelBatches that deal the others too', () => {
  it('shows images without a label and single ones once, among the labelled', () => {
    const labels = Int32Array.of(0, 0, 0, 1, 1, 2, -1, -1, -1, -1)
    const options = { ...common, batchSize: 4, labels, epoch: 1 }
    const batches = labelBatches({ ...options, others: 'deal' })
    const seen = new Set(batches.flatMap((batch) => [...batch]))
    expect(seen.size).toBe(10)
    for (const batch of batches) expect(isWithoutRepeats(batch)).toBe(true)
    const left = new Set(labelBatches(options).flatMap((batch) => [...batch]))
    expect([...left].every((image) => image < 5)).toBe(true)
  })
})
