import { describe, expect, it } from 'vitest'
import type { ParameterValues } from '../../../../src-main/contract/catalogue.ts'
import { minerCatalogue } from '../../../../src-main/losses/miners/catalogue.ts'
import { geometryOf } from '../../../../src-main/losses/miners/geometry.ts'
import { TripletCollector } from '../../../../src-main/losses/miners/miner.ts'
import type { Mined } from '../../../../src-main/losses/miners/miner.ts'
import { minerOf } from '../../../../src-main/losses/miners/minerOf.ts'
import { countPairs, negative, positive } from '../../../../src-main/losses/relation.ts'
import type { Relation } from '../../../../src-main/losses/relation.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import { resolveParameters } from '../../../../src-main/training/parameters.ts'
import { goldenCases, labelled } from '../golden.ts'
import type { Matrix } from '../golden.ts'

interface MinerCase {
  readonly name: string
  readonly params: { readonly type: string; readonly params: Readonly<Record<string, unknown>> }
  readonly inputs: { readonly dataset: string }
  readonly expected: {
    readonly kind: 'pairs' | 'triplets'
    readonly count: readonly number[]
    readonly sums: readonly number[]
    readonly omitted?: boolean
    readonly anchors?: readonly number[]
    readonly anchors1?: readonly number[]
    readonly anchors2?: readonly number[]
    readonly positives?: readonly number[]
    readonly negatives?: readonly number[]
  }
}

const [first, ...cases] = goldenCases('miners')
const datasets = first!.datasets!

/** The parameters of a case in our own words. */
function chosen({ type, params }: MinerCase['params']): { name: string; params: ParameterValues } {
  const measure =
    (params['distance'] as { type?: string } | undefined)?.type === 'cosine' ? 'cosine' : 'distance'
  const value = (key: string) => params[key] as number | string
  switch (type) {
    case 'BatchHardMiner':
      return { name: 'batch-hard', params: {} }
    case 'BatchEasyHardMiner':
      return {
        name: 'easy-hard',
        params: { positives: value('pos_strategy'), negatives: value('neg_strategy'), measure },
      }
    case 'TripletMarginMiner':
      return {
        name: 'triplet-margin',
        params: { margin: value('margin'), kind: value('type_of_triplets'), measure },
      }
    case 'MultiSimilarityMiner':
      return { name: 'multi-similarity', params: { epsilon: value('epsilon') } }
    case 'PairMarginMiner':
      return {
        name: 'pair-margin',
        params: {
          positiveMargin: value('pos_margin'),
          negativeMargin: value('neg_margin'),
          measure,
        },
      }
    case 'AngularMiner':
      return { name: 'angular', params: { angle: value('angle') } }
    default:
      throw new Error(`no miner for ${type}`)
  }
}

function mine(
  choice: { name: string; params: ParameterValues },
  embeddings: Matrix,
  relation: Relation,
  seed = 1,
): Mined {
  const entry = minerCatalogue.find(({ name }) => name === choice.name)!
  const params = resolveParameters(entry.parameters, choice.params, {
    regime: 'metric',
    owner: entry.name,
  })
  const geometry = geometryOf(Float32Array.from(embeddings.flat()), embeddings[0]!.length)
  return minerOf({ name: choice.name, params })({
    relation,
    geometry,
    stream: random(seed, 'miner test'),
  })
}

function pairsOf({ relation: { columns, cells } }: Mined, kind: number): number[][] {
  const places = [...cells.keys()].filter((at) => cells[at] === kind)
  return [places.map((at) => Math.floor(at / columns)), places.map((at) => at % columns)]
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('miners', () => {
  it.each(cases as unknown as MinerCase[])('choose as the reference: $name', (golden) => {
    const { embeddings, labels } = datasets[golden.inputs.dataset]!
    const mined = mine(chosen(golden.params), embeddings, labelled(labels))
    const { expected } = golden
    const found =
      expected.kind === 'triplets'
        ? [mined.triplets!.anchors, mined.triplets!.positives, mined.triplets!.negatives].map(
            (list) => [...list],
          )
        : [...pairsOf(mined, positive), ...pairsOf(mined, negative)]
    expect(found.map(({ length }) => length)).toEqual(expected.count)
    expect(found.map(sum)).toEqual(expected.sums)
    if (expected.anchors)
      expect(found).toEqual([expected.anchors, expected.positives, expected.negatives])
    if (expected.anchors1)
      expect(found).toEqual([
        expected.anchors1,
        expected.positives,
        expected.anchors2,
        expected.negatives,
      ])
  })
})

const { embeddings, labels } = datasets['rand_32x16_c5']!
const odd = { zero: datasets['zero_vector_8x4']!, one: datasets['all_one_class_8x4']! }

describe.each(minerCatalogue)('the miner $name', ({ name, gives }) => {
  it('keeps some of the pairs, and nothing that was not there', () => {
    const relation = labelled(labels)
    const mined = mine({ name, params: {} }, embeddings, relation)
    const kept = countPairs(mined.relation)
    expect(kept.allPositives + kept.allNegatives).toBeGreaterThan(0)
    mined.relation.cells.forEach((cell, at) => {
      if (cell !== 0) expect(relation.cells[at]).toBe(cell)
    })
    expect(mined.triplets !== undefined).toBe(gives === 'triplets')
  })

  it('chooses the same from the same seed', () => {
    const choices = [1, 1].map((seed) =>
      mine({ name, params: {} }, embeddings, labelled(labels), seed),
    )
    expect(choices[0]).toEqual(choices[1])
  })

  it.each(Object.entries(odd))('has an answer for a batch of %s', (_, data) => {
    const mined = mine({ name, params: {} }, data.embeddings, labelled(data.labels))
    expect(mined.relation.cells).toHaveLength(data.labels.length ** 2)
  })

  it('has an answer for a batch of equal rows, and for one without pairs', () => {
    const flat = labels.map(() => [1, 2, 3])
    expect(mine({ name, params: {} }, flat, labelled(labels)).relation.rows).toBe(32)
    const alone = { rows: 2, columns: 2, cells: new Int8Array(4) }
    const mined = mine(
      { name, params: {} },
      [
        [1, 0],
        [0, 1],
      ],
      alone,
    )
    expect([...mined.relation.cells]).toEqual([0, 0, 0, 0])
  })

  it('chooses among the columns of a memory too', () => {
    const rows = 8
    const whole = labelled(labels)
    const relation: Relation = { rows, columns: 32, cells: whole.cells.slice(0, rows * 32) }
    const data = Float32Array.from(embeddings.flat())
    const entry = minerCatalogue.find((miner) => miner.name === name)!
    const params = resolveParameters(entry.parameters, {}, { regime: 'metric', owner: name })
    const dim = embeddings[0]!.length
    const mined = minerOf({ name, params })({
      relation,
      geometry: geometryOf(data.slice(0, rows * dim), dim, data.slice(rows * dim)),
      stream: random(1, 'memory'),
    })
    const columns = [...mined.relation.cells.keys()]
      .filter((at) => mined.relation.cells[at] !== 0)
      .map((at) => at % 32)
    expect(Math.max(...columns)).toBeGreaterThanOrEqual(rows)
  })
})

describe('distance-weighted mining', () => {
  it('draws near negatives far more often than an even draw would', () => {
    const angles = [0, 0.1, ...Array.from({ length: 30 }, () => 1.5)]
    const far = 2
    // In 16 dimensions nearly everything lies at a right angle; one negative is near.
    const rows = angles.map((angle, i) => {
      const row = new Array<number>(16).fill(0)
      row[0] = Math.cos(i === far ? 0.6 : angle)
      row[1 + (i % 15)] = Math.sin(i === far ? 0.6 : angle)
      return row
    })
    const relation = labelled([0, 0, ...rows.slice(2).map((_, i) => 1 + i)])
    const times = (seed: number) => [
      ...mine({ name: 'distance-weighted', params: {} }, rows, relation, seed).triplets!.negatives,
    ]
    const draws = Array.from({ length: 50 }, (_, seed) => times(seed)).flat()
    expect(draws.filter((n) => n === far).length / draws.length).toBeGreaterThan(0.9)
  })
})

describe('uniform-histogram mining', () => {
  it('keeps at most so many pairs of each distance', () => {
    const params = { bins: 4, positivesPerBin: 3, negativesPerBin: 5 }
    const mined = mine({ name: 'uniform-histogram', params }, embeddings, labelled(labels))
    const counts = countPairs(mined.relation)
    expect(counts.allPositives).toBeLessThanOrEqual(12)
    expect(counts.allNegatives).toBeLessThanOrEqual(20)
    expect(counts.allNegatives).toBeGreaterThan(15)
  })
})

describe('hard-aware mining', () => {
  it('keeps the share that was asked for, the farthest positives and the nearest negatives', () => {
    const relation = labelled(labels)
    const all = countPairs(relation)
    const mined = mine({ name: 'hard-aware', params: { share: 0.25 } }, embeddings, relation)
    const kept = countPairs(mined.relation)
    expect(kept.allPositives).toBe(Math.ceil(all.allPositives / 4))
    expect(kept.allNegatives).toBe(Math.ceil(all.allNegatives / 4))
    const distances = geometryOf(Float32Array.from(embeddings.flat()), 16).distances()
    const of = (cells: Int8Array, value: number, isKept: boolean) =>
      [...relation.cells.keys()]
        .filter((at) => relation.cells[at] === value && (cells[at] === value) === isKept)
        .map((at) => distances[at]!)
    const { cells } = mined.relation
    expect(Math.max(...of(cells, positive, false))).toBeLessThanOrEqual(
      Math.min(...of(cells, positive, true)),
    )
    expect(Math.min(...of(cells, negative, false))).toBeGreaterThanOrEqual(
      Math.max(...of(cells, negative, true)),
    )
  })
})

describe('easy-hard mining', () => {
  it('looks only at distances within the allowed ranges', () => {
    const relation = labelled(labels)
    const params = { positives: 'all', negatives: 'all', negativeLow: 1.2, negativeHigh: 1.3 }
    const mined = mine({ name: 'easy-hard', params }, embeddings, relation)
    const distances = geometryOf(Float32Array.from(embeddings.flat()), 16).distances()
    mined.relation.cells.forEach((cell, at) => {
      const isExpected =
        relation.cells[at] === negative && distances[at]! >= 1.2 && distances[at]! <= 1.3
      expect(cell === negative).toBe(isExpected)
    })
  })
})

describe('the collector of triplets', () => {
  it('keeps an even draw where there are too many', () => {
    const collector = new TripletCollector(random(1, 'many'), 200)
    for (let n = 0; n < 20_000; n++) collector.add(0, 1, n)
    const relation = { rows: 1, columns: 20_000, cells: new Int8Array(20_000) }
    const { negatives } = collector.mined(relation).triplets!
    expect(negatives).toHaveLength(200)
    expect(sum([...negatives]) / 200).toBeGreaterThan(8000)
    expect(sum([...negatives]) / 200).toBeLessThan(12_000)
  })
})

describe('geometry', () => {
  it('has distance 0 between equal rows and exact small ones', () => {
    const a = [0.6, 0.8, 0]
    const near = [0.6, 0.8, 1e-6]
    const distances = geometryOf(Float32Array.from([...a, ...a, ...near]), 3).distances()
    expect(distances[1]).toBe(0)
    expect(distances[2]).toBeCloseTo(1e-6, 11)
  })
})
