import { describe, expect, it } from 'vitest'
import { createAugmenter } from '../../../src-main/data/augment.ts'
import { augmentationOf } from '../../../src-main/data/augmentation.ts'
import { contentsOf, createBatchFiller, evenBatches } from '../../../src-main/training/batches.ts'

describe('evenBatches', () => {
  it('cuts to one size and fills the last batch up from the beginning', () => {
    const batches = evenBatches([Int32Array.of(5, 6, 7), Int32Array.of(8, 9)], 2)
    expect(batches.map((batch) => [...batch])).toEqual([
      [5, 6],
      [7, 8],
      [9, 5],
    ])
  })

  it('gives as many batches as it is told to, whatever the sampler dealt', () => {
    const order = [Int32Array.of(5, 6, 7), Int32Array.of(8, 9)]
    expect(evenBatches(order, 2, 2).map((batch) => [...batch])).toEqual([
      [5, 6],
      [7, 8],
    ])
    expect(evenBatches([Int32Array.of(5, 6, 7)], 2, 3).map((batch) => [...batch])).toEqual([
      [5, 6],
      [7, 5],
      [6, 7],
    ])
  })

  it('makes one batch of fewer images', () => {
    expect(evenBatches([Int32Array.of(1, 2)], 10).map((batch) => [...batch])).toEqual([[1, 2]])
    expect(evenBatches([], 10)).toEqual([])
  })
})

describe('contentsOf', () => {
  it('names files with the same bytes by the first of them', () => {
    expect([...contentsOf(['a', 'b', 'a', 'b', 'c'])]).toEqual([0, 1, 0, 1, 4])
  })
})

describe('createBatchFiller', () => {
  const size = 4
  const fillerOf = (regime: 'metric' | 'contrastive', seed = 1) =>
    createBatchFiller({
      regime,
      seed,
      batchSize: 3,
      imageLength: size * size * 3,
      pixelsOf: (image) =>
        Uint8Array.from({ length: size * size * 3 }, (_, i) => (image * 40 + i) % 256),
      augmenter: createAugmenter({
        sourceSize: size,
        targetSize: size,
        recipe: augmentationOf(regime, 1, 0.5),
        input: { offset: 0.5, scale: 0.25 },
      }),
      labels: Int32Array.of(7, 7, -1),
      contents: Int32Array.of(0, 0, 2),
    })
  const batch = Int32Array.of(2, 0, 1)

  it('gives one view of each image in metric learning', () => {
    const { count, rows } = fillerOf('metric').fill(batch, 1, 0)
    expect(count).toBe(3)
    expect([...rows.images]).toEqual([2, 0, 1])
    expect([...rows.labels]).toEqual([-1, 7, 7])
  })

  it('gives first views, then second ones in contrastive learning, that differ', () => {
    const { count, rows, pixels } = fillerOf('contrastive').fill(batch, 1, 0)
    expect(count).toBe(6)
    expect([...rows.images]).toEqual([2, 0, 0, 2, 0, 0])
    const half = pixels.length / 2
    expect(pixels.slice(0, half)).not.toEqual(pixels.slice(half))
  })

  it('draws the same views again for the same place in a run, others elsewhere', () => {
    const filler = fillerOf('metric')
    const first = filler.fill(batch, 2, 5).pixels.slice()
    for (const [epoch, step] of [
      [2, 6],
      [3, 5],
    ] as const)
      expect(filler.fill(batch, epoch, step).pixels).not.toEqual(first)
    expect(filler.fill(batch, 2, 5).pixels).toEqual(first)
    expect(fillerOf('metric', 2).fill(batch, 2, 5).pixels).not.toEqual(first)
  })
})
