import { describe, expect, it } from 'vitest'
import type { ParameterValues } from '../../../src-main/contract/catalogue.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { lossOf } from '../../../src-main/losses/lossOf.ts'
import { createMemory } from '../../../src-main/losses/memory.ts'
import { relationOf, withMemory } from '../../../src-main/losses/relation.ts'
import type { BatchRows } from '../../../src-main/losses/relation.ts'
import { verdictsOf, withVerdicts } from '../../../src-main/losses/verdicts.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Tensor2D } from '../../../src-main/numeric/tf.ts'
import { resolveParameters } from '../../../src-main/training/parameters.ts'
import { backends, goldenCases } from './golden.ts'
import type { GoldenCase, Matrix } from './golden.ts'

interface MemoryCase {
  readonly name: string
  readonly params: {
    readonly loss: string
    readonly lossParams: Readonly<Record<string, unknown>>
    readonly memorySize: number
    readonly embeddingSize: number
  }
  readonly steps: readonly (Pick<GoldenCase, 'inputs' | 'tolerance'> & {
    readonly expected: {
      readonly loss: number
      readonly gradEmbeddings: { readonly full: Matrix }
      readonly queueIndexAfter: number
      readonly filledAfter: boolean
    }
  })[]
}

const cases = goldenCases('cross_batch_memory') as unknown as readonly MemoryCase[]

function chosen({ loss, lossParams }: MemoryCase['params']): {
  name: string
  params: ParameterValues
} {
  switch (loss) {
    case 'ContrastiveLoss': {
      const isCosine = (lossParams['distance'] as { type?: string } | undefined)?.type === 'cosine'
      const [near, far] = ['pos_margin', 'neg_margin'].map((key) => lossParams[key] as number)
      // Ours counts 1 − s as the distance.
      return isCosine
        ? {
            name: 'contrastive',
            params: { positiveMargin: 1 - near!, negativeMargin: 1 - far!, distance: 'cosine' },
          }
        : {
            name: 'contrastive',
            params: {
              positiveMargin: near ?? 0,
              negativeMargin: far ?? 1,
              distance: 'euclidean',
            },
          }
    }
    case 'NTXentLoss':
      return { name: 'nt-xent', params: { temperature: lossParams['temperature'] as number } }
    case 'TripletMarginLoss':
      return { name: 'triplet', params: { margin: lossParams['margin'] as number, mining: 'all' } }
    default:
      throw new Error(`no loss for ${loss}`)
  }
}

describe.each(backends)('a memory on $backend', ({ open }) => {
  it.each(cases)('gives the loss and the gradient of the reference: $name', async (golden) => {
    const engine = await open()
    try {
      const { name, params } = chosen(golden.params)
      const entry = lossCatalogue.find((loss) => loss.name === name)!
      const { bind } = lossOf({
        name,
        params: resolveParameters(entry.parameters, params, { regime: 'metric', owner: name }),
      })
      const dim = golden.params.embeddingSize
      const memory = createMemory({ size: golden.params.memorySize, dim })
      let seen = 0
      for (const { inputs, expected, tolerance } of golden.steps) {
        const raw = Float32Array.from(inputs.embeddings!.flat())
        const labels = Int32Array.from(inputs.labels!)
        const rows = { labels, images: labels.map((_, i) => seen + i) }
        seen += labels.length
        memory.enqueue(raw, rows)
        expect(memory.state.cursors[0]).toBe(expected.queueIndexAfter)
        expect(memory.length === golden.params.memorySize).toBe(expected.filledAfter)
        const columns = memory.columns()
        const relation = withMemory(relationOf('metric', rows), rows, columns, {
          regime: 'metric',
          ownCopies: 'ignored',
          batch: 'stored',
        })
        const { ofRows } = bind({ relation, labels, memory: columns.raw })
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
          ofRows({ rows: unitRows(x as Tensor2D), raw: x as Tensor2D }, {}),
        )(tf.tensor2d(raw, [labels.length, dim]))
        expect(Math.abs(value.dataSync()[0]! - expected.loss)).toBeLessThan(tolerance.lossAbs)
        const slopes = grad.dataSync()
        expected.gradEmbeddings.full.flat().forEach((slope, i) => {
          expect(Math.abs(slopes[i]! - slope)).toBeLessThan(tolerance.gradAbs)
        })
        tf.dispose([value, grad])
      }
    } finally {
      engine.dispose()
    }
  })
})

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
