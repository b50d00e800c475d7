import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ParameterSpec, ParameterValues } from '../../../src-main/contract/catalogue.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { lossOf } from '../../../src-main/losses/lossOf.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { labelled, matrixOf } from './golden.ts'

/** At 0, 40, 85 and 130 degrees: some negatives are a little farther than the positive. */
const rows = [0, 40, 85, 130].map((degrees) => [
  Math.cos((degrees * Math.PI) / 180),
  Math.sin((degrees * Math.PI) / 180),
])

function defaultsOf(parameters: readonly ParameterSpec[]): ParameterValues {
  return Object.fromEntries(parameters.map((spec) => [spec.name, spec.default]))
}

describe('lossCatalogue', () => {
  beforeAll(async () => void (await cpuRung.open()))

  it('needs no tensors: it imports types only', () => {
    const source = readFileSync('src-main/losses/catalogue.ts', 'utf8')
    expect(source.match(/^import (?!type)/gm)).toBeNull()
  })

  it.each(lossCatalogue)(
    '$name can be made from its own defaults',
    async ({ name, parameters }) => {
      const bound = lossOf({ name, params: defaultsOf(parameters) })(labelled([0, 0, 1, 1]))
      const x = matrixOf(rows)
      const loss = bound.ofRows(x)
      const [value] = await loss.data()
      expect(value).toBeGreaterThan(0)
      tf.dispose([x, loss])
    },
  )

  it.each(
    lossCatalogue.flatMap(({ name, parameters }) =>
      parameters.map((spec) => ({ name, parameters, spec })),
    ),
  )('$name listens to $spec.name', async ({ name, parameters, spec }) => {
    const values = spec.kind === 'number' ? [0.05, 0.5] : spec.choices.map(({ value }) => value)
    const losses = new Set<number>()
    for (const value of values) {
      const params = { ...defaultsOf(parameters), [spec.name]: value }
      const x = matrixOf(rows)
      const loss = lossOf({ name, params })(labelled([0, 0, 1, 1])).ofRows(x)
      losses.add((await loss.data())[0]!)
      tf.dispose([x, loss])
    }
    expect(losses.size).toBeGreaterThan(1)
  })

  it('says what each entry is, in words and in one line of formula', () => {
    for (const { title, summary, formula, paper, arxiv } of lossCatalogue) {
      for (const text of [title, summary, formula, paper]) expect(text.trim()).not.toBe('')
      expect(formula).not.toContain('\n')
      expect(arxiv).toMatch(/^\d{4}\.\d{5}$/)
    }
  })
})

describe('lossOf', () => {
  it('refuses what the catalogue does not have', () => {
    expect(() => lossOf({ name: 'circle', params: {} })).toThrow('circle')
    expect(() => lossOf({ name: 'triplet', params: { margin: 0.1, mining: 'odd' } })).toThrow('odd')
    expect(() => lossOf({ name: 'supcon', params: {} })(labelled([0, 0]))).toThrow('temperature')
  })

  it('gives softmax losses in closed form too', () => {
    const relation = labelled([0, 0, 1])
    const params = { temperature: 0.1 }
    expect(lossOf({ name: 'supcon', params })(relation).softmaxPairs?.denominatorKind).toBe('all')
    expect(lossOf({ name: 'nt-xent', params })(relation).softmaxPairs?.denominatorKind).toBe('own')
  })
})
