import { readFileSync, readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type {
  LossEntry,
  ParameterSpec,
  ParameterValues,
} from '../../../src-main/contract/catalogue.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { lossOf } from '../../../src-main/losses/lossOf.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { labelled, matrixOf, twoViews } from './madeBatches.ts'
import { randomRows } from './lossChecks.ts'

/** Unit rows that are all somewhat alike, so that margins of any kind have something to do. */
const rows = randomRows(8, 5).map((row) => {
  const near = row.map((x) => x + 0.7)
  return near.map((x) => x / Math.hypot(...near))
})

function defaultsOf(parameters: readonly ParameterSpec[]): ParameterValues {
  return Object.fromEntries(parameters.map((spec) => [spec.name, spec.default]))
}

/** The defaults with every choice of each of the parameters that are choices. */
function settingsOf(parameters: readonly ParameterSpec[]): readonly ParameterValues[] {
  const defaults = defaultsOf(parameters)
  const chosen = parameters.flatMap((spec) =>
    spec.kind === 'choice' ? spec.choices.map(({ value }) => ({ [spec.name]: value })) : [],
  )
  return [defaults, ...chosen.map((choice) => ({ ...defaults, ...choice }))]
}

async function valueOf(
  { name, regimes }: Pick<LossEntry, 'name' | 'regimes'>,
  params: ParameterValues,
): Promise<number> {
  const relation = regimes.includes('metric') ? labelled([0, 0, 0, 1, 1, 2, 2, 2]) : twoViews(4)
  const x = matrixOf(rows)
  const labels = Int32Array.of(0, 0, 0, 1, 1, 2, 2, 2)
  const { learntOf, bind } = lossOf({ name, params })
  const specs = learntOf({ labels: 3, dim: 5, seed: 1 })
  const learnt = Object.fromEntries(
    specs.map(({ name, start, shape }) => [
      name,
      // As after a step: at its start a learnt value is the fixed one.
      tf.tensor(
        start.map((x) => x + 0.01),
        [...shape],
      ),
    ]),
  )
  const loss = bind({ relation, labels }).ofRows({ rows: x, raw: x }, learnt)
  const [value] = await loss.data()
  tf.dispose([x, loss, ...Object.values(learnt)])
  // A rate is not in the value, but in how fast what is learnt changes.
  return value! + specs.reduce((sum, { learningRateFactor }) => sum + learningRateFactor, 0)
}

describe('lossCatalogue', () => {
  beforeAll(async () => void (await cpuRung.open()))

  it('needs no tensors: its files import types and each other', () => {
    const files = readdirSync('src-main/losses/entries').map((name) => `entries/${name}`)
    for (const file of ['catalogue.ts', ...files]) {
      const source = readFileSync(`src-main/losses/${file}`, 'utf8')
      for (const line of source.match(/^import (?!type).*/gm) ?? [])
        expect(line).toMatch(
          /from '\.\/(entries\/)?(pairs|parameters|proxies|softmax|traits|tuplets|views)\.ts'$/,
        )
    }
  })

  it('names each loss once, and each parameter of a loss', () => {
    const namesOf = (named: readonly { name: string }[]) => named.map(({ name }) => name)
    for (const names of [
      namesOf(lossCatalogue),
      ...lossCatalogue.map((l) => namesOf(l.parameters)),
    ])
      expect(new Set(names).size).toBe(names.length)
  })

  it('gives a name one kind in all losses, since the command line has one flag for it', () => {
    const kinds = new Map<string, string>()
    for (const { name, kind } of lossCatalogue.flatMap(({ parameters }) => parameters)) {
      expect(kinds.get(name) ?? kind).toBe(kind)
      kinds.set(name, kind)
    }
  })

  it('has every default in its range, and says in a sentence what a parameter does', () => {
    for (const spec of lossCatalogue.flatMap(({ parameters }) => parameters)) {
      expect(spec.meaning).toMatch(/\.$/)
      if (spec.kind === 'choice') {
        expect(spec.choices.map(({ value }) => value)).toContain(spec.default)
        continue
      }
      if (spec.kind !== 'number') continue
      for (const value of [spec.default, ...Object.values(spec.defaults ?? {})]) {
        expect(value).toBeLessThanOrEqual(spec.max)
        if (spec.isMinExclusive) expect(value).toBeGreaterThan(spec.min)
        else expect(value).toBeGreaterThanOrEqual(spec.min)
      }
    }
  })

  it.each(lossCatalogue)('$name can be made from its own defaults', async (entry) => {
    const value = await valueOf(entry, defaultsOf(entry.parameters))
    expect(value).toSatisfy(Number.isFinite)
    expect(value).not.toBe(0)
  })

  it.each(
    lossCatalogue.flatMap((entry) => entry.parameters.map((spec) => ({ ...entry, entry, spec }))),
  )('$name listens to $spec.name', async ({ entry, spec }) => {
    const values =
      spec.kind === 'number'
        ? [spec.default, spec.isInteger ? spec.min : (spec.default + spec.min) / 2, spec.max]
        : spec.kind === 'choice'
          ? spec.choices.map(({ value }) => value)
          : []
    const isHeard = await Promise.all(
      settingsOf(entry.parameters).map(async (params) => {
        const losses = new Set<number>()
        for (const value of values)
          losses.add(await valueOf(entry, { ...params, [spec.name]: value }))
        return losses.size > 1
      }),
    )
    expect(isHeard).toContain(true)
  })

  it('says what each entry is, in words and in one line of formula', () => {
    for (const { title, summary, formula, paper, arxiv } of lossCatalogue) {
      for (const text of [title, summary, formula, paper]) expect(text.trim()).not.toBe('')
      expect(formula).not.toContain('\n')
      if (arxiv !== null) expect(arxiv).toMatch(/^\d{4}\.\d{5}$/)
    }
  })
})

describe('lossOf', () => {
  it('refuses what the catalogue does not have', () => {
    expect(() => lossOf({ name: 'magic', params: {} })).toThrow('magic')
    expect(() => lossOf({ name: 'triplet', params: { margin: 0.1, mining: 'odd' } })).toThrow('odd')
    expect(() => lossOf({ name: 'supcon', params: {} })).toThrow('temperature')
  })

  it('gives softmax losses in closed form too', () => {
    const facts = { relation: labelled([0, 0, 1]), labels: Int32Array.of(0, 0, 1) }
    const params = {
      temperature: 0.1,
      temperatureRule: 'fixed',
      temperatureReaction: 0,
      temperatureStart: 0,
      distance: 'cosine',
    }
    const kindOf = (name: string) =>
      lossOf({ name, params }).bind(facts).softmaxPairs?.denominatorKind
    expect(kindOf('supcon')).toBe('all')
    expect(kindOf('nt-xent')).toBe('own')
  })
})
