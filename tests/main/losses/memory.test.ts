import { describe, expect, it } from 'vitest'
import { createMemory } from '../../../src-main/losses/memory.ts'
import { relationOf, withMemory } from '../../../src-main/losses/relation.ts'
import type { BatchRows } from '../../../src-main/losses/relation.ts'
import { verdictsOf, withVerdicts } from '../../../src-main/losses/verdicts.ts'

const rowsOf = (images: number[], labels: number[]): BatchRows => ({
  images: Int32Array.from(images),
  labels: Int32Array.from(labels),
})

describe('createMemory', () => {
  it('replaces the oldest rows by the newest', () => {
    const memory = createMemory({ size: 3, dim: 1 })
    memory.enqueue(Float32Array.of(1, 2), rowsOf([10, 11], [0, 1]))
    expect([...memory.columns().raw]).toEqual([1, 2])
    memory.enqueue(Float32Array.of(3, 4), rowsOf([12, 13], [0, 1]))
    const { raw, images, labels, copies } = memory.columns()
    expect([...raw]).toEqual([4, 2, 3])
    expect([...images]).toEqual([13, 11, 12])
    expect([...labels]).toEqual([1, 1, 0])
    expect([...copies]).toEqual([1, -1, 0])
    memory.nextStep()
    expect([...memory.columns().copies]).toEqual([-1, -1, -1])
  })

  it('keeps the last rows of a batch that is larger than itself', () => {
    const memory = createMemory({ size: 2, dim: 1 })
    memory.enqueue(Float32Array.of(1, 2, 3, 4, 5), rowsOf([1, 2, 3, 4, 5], [0, 0, 0, 0, 0]))
    const { raw, copies } = memory.columns()
    expect([...raw]).toEqual([5, 4])
    expect([...copies]).toEqual([4, 3])
  })

  it('gives every label a ring of its own, so that a frequent one pushes no other out', () => {
    const memory = createMemory({ size: 6, dim: 1, labels: 3 })
    memory.enqueue(Float32Array.of(1, 2), rowsOf([1, 2], [2, 0]))
    for (let step = 0; step < 20; step++)
      memory.enqueue(Float32Array.of(10 + step, -1), rowsOf([10 + step, 99], [1, -1]))
    expect([...memory.columns().labels]).toEqual([0, 1, 1, 2])
    expect([...memory.columns().raw]).toEqual([2, 28, 29, 1])
  })

  it('goes on from its state as if it had never stopped', () => {
    const whole = createMemory({ size: 4, dim: 2 })
    whole.enqueue(Float32Array.of(1, 2, 3, 4, 5, 6), rowsOf([1, 2, 3], [0, 0, 1]))
    const resumed = createMemory({ size: 4, dim: 2 }, structuredClone(whole.state))
    for (const memory of [whole, resumed])
      memory.enqueue(Float32Array.of(7, 8, 9, 10), rowsOf([4, 5], [1, 1]))
    expect(resumed.columns()).toEqual(whole.columns())
    expect(() => createMemory({ size: 5, dim: 2 }, whole.state)).toThrow('expected 10 in 1')
  })
})

describe('withMemory', () => {
  const rows = rowsOf([0, 1, 0, 1], [5, 6, 5, 6])
  const old = {
    images: Int32Array.of(0, 7, 8),
    labels: Int32Array.of(5, 5, 6),
    copies: Int32Array.of(-1, -1, -1),
  }
  const cellsOf = (relation: { cells: Int8Array }, columns: number) =>
    Array.from({ length: relation.cells.length / columns }, (_, i) => [
      ...relation.cells.slice(i * columns, (i + 1) * columns),
    ])

  it('adds negatives in contrastive learning, but never an image’s own old copy', () => {
    const batch = relationOf('contrastive', rows)
    const use = { regime: 'contrastive', ownCopies: 'ignored', batch: 'live' } as const
    const relation = withMemory(batch, rows, old, use)
    expect(cellsOf(relation, 7)).toEqual([
      [0, -1, 1, -1, 0, -1, -1],
      [-1, 0, -1, 1, -1, -1, -1],
      [1, -1, 0, -1, 0, -1, -1],
      [-1, 1, -1, 0, -1, -1, -1],
    ])
    expect(relation.firstViews).toBe(2)
    const positive = withMemory(batch, rows, old, { ...use, ownCopies: 'positive' })
    expect(cellsOf(positive, 7)[0]).toEqual([0, -1, 1, -1, 1, -1, -1])
  })

  it('adds positives by label in metric and mixed learning', () => {
    const [first, second] = (['metric', 'mixed'] as const).map((regime) => {
      const use = { regime, ownCopies: 'ignored', batch: 'live' } as const
      return cellsOf(withMemory(relationOf(regime, rows), rows, old, use), 7)[0]
    })
    expect(first).toEqual([0, -1, 1, -1, 0, 1, -1])
    expect(second).toEqual(first)
  })

  it('sees the batch only in the memory where it is stored, and its own slot never', () => {
    const copies = Int32Array.of(3, 0, -1)
    const relation = withMemory(
      relationOf('contrastive', rows),
      rows,
      { images: Int32Array.of(1, 0, 8), labels: Int32Array.of(6, 5, 6), copies },
      { regime: 'contrastive', ownCopies: 'ignored', batch: 'stored' },
    )
    expect(cellsOf(relation, 7)).toEqual([
      [0, 0, 0, 0, -1, 0, -1],
      [0, 0, 0, 0, 1, -1, -1],
      [0, 0, 0, 0, -1, 1, -1],
      [0, 0, 0, 0, 0, -1, -1],
    ])
  })
})

describe('withVerdicts', () => {
  const rows = rowsOf([0, 1, 2], [5, 5, 6])
  const verdicts = verdictsOf([
    { first: 0, second: 1, verdict: 'different' },
    { first: 9, second: 0, verdict: 'same' },
    { first: 2, second: 1, verdict: 'ignore' },
  ])

  it('lets a person’s word beat labels, in the batch and in the memory, both ways round', () => {
    const memory = {
      images: Int32Array.of(9, 1),
      labels: Int32Array.of(6, 5),
      copies: Int32Array.of(-1, -1),
    }
    const relation = withMemory(relationOf('metric', rows), rows, memory, {
      regime: 'metric',
      ownCopies: 'ignored',
      batch: 'live',
    })
    const judged = withVerdicts(relation, Int32Array.of(0, 1, 2, 9, 1), verdicts)
    expect([...judged.cells]).toEqual([0, -1, -1, 1, -1, -1, 0, 0, -1, 0, -1, 0, 0, 1, 0])
  })

  it('never shows an anchor what it shall not see', () => {
    const relation = { rows: 1, columns: 2, cells: Int8Array.of(0, 0) }
    const images = Int32Array.of(0, 1)
    expect([...withVerdicts(relation, images, verdicts, (j) => j < 2).cells]).toEqual([0, 0])
    expect([...withVerdicts(relation, images, verdicts).cells]).toEqual([0, -1])
  })
})
