import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ParameterValues } from '../../../../src-main/contract/catalogue.ts'
import { minerCatalogue } from '../../../../src-main/losses/miners/catalogue.ts'
import { geometryOf } from '../../../../src-main/losses/miners/geometry.ts'
import type { Mined } from '../../../../src-main/losses/miners/miner.ts'
import { minerOf } from '../../../../src-main/losses/miners/minerOf.ts'
import { countPairs, negative, positive } from '../../../../src-main/losses/relation.ts'
import type { Relation } from '../../../../src-main/losses/relation.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import { resolveParameters } from '../../../../src-main/training/parameters.ts'
import { labelled } from '../madeBatches.ts'
import type { Matrix } from '../madeBatches.ts'

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

/** The data of the golden miners; what they choose of it the golden runner checks. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../../golden/miners.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly datasets?: Readonly<
      Record<string, { readonly embeddings: Matrix; readonly labels: readonly number[] }>
    >
  }[]
}
const datasets = cases[0]!.datasets!
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
      geometry: geometryOf(data.slice(0, rows * dim), dim, { memory: data.slice(rows * dim) }),
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

describe('triplet-margin mining of a vast batch', () => {
  it('keeps an even draw of a million triplets', () => {
    const size = 180
    const stream = random(1, 'many')
    const rows = Array.from({ length: size }, () => [stream.normal(), stream.normal(), 1])
    const relation = labelled(rows.map((_, i) => i % 2))
    const params = { kind: 'all', margin: 2 }
    const { triplets } = mine({ name: 'triplet-margin', params }, rows, relation)
    // 180 · 89 · 90 triplets, all within a margin of 2.
    expect(triplets!.anchors).toHaveLength(1_000_000)
    const counts = new Map<number, number>()
    for (const n of triplets!.negatives) counts.set(n, (counts.get(n) ?? 0) + 1)
    const shares = [...counts.values()].map((count) => count / (1_000_000 / size))
    expect(Math.max(...shares)).toBeLessThan(1.1)
    expect(Math.min(...shares)).toBeGreaterThan(0.9)
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

  it('takes a faster product for large tables, and is as exact for near rows', () => {
    const stream = random(1, 'large')
    const dim = 64
    const raw = Float32Array.from({ length: 400 * dim }, () => stream.normal())
    raw.copyWithin(dim, 0, dim)
    const products = (unit: Float32Array, { rows, columns }: { rows: number; columns: number }) => {
      const table = new Float32Array(rows * columns)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++)
          for (let k = 0; k < dim; k++)
            table[i * columns + j]! += unit[i * dim + k]! * unit[j * dim + k]!
      return table
    }
    const fast = geometryOf(raw, dim, { products }).distances()
    const exact = geometryOf(raw, dim).distances()
    expect(fast).toBeInstanceOf(Float32Array)
    expect(fast[1]).toBe(0)
    expect(fast.every((distance, at) => Math.abs(distance - exact[at]!) < 1e-5)).toBe(true)
  })
})
