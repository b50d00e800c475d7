import { beforeAll, describe, expect, it } from 'vitest'
import { ntXentLoss, ntXentPairs } from '../../../src-main/losses/ntxent.ts'
import { supConLoss, supConPairs } from '../../../src-main/losses/supcon.ts'
import { negative, positive, relationOf } from '../../../src-main/losses/relation.ts'
import type { Relation } from '../../../src-main/losses/relation.ts'
import { softmaxPairsLoss } from '../../../src-main/losses/softmaxPairs.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import {
  backends,
  batchOf,
  expectGradient,
  goldenCases,
  labelled,
  matrixOf,
  twoViews,
  valueAndGradient,
} from './golden.ts'
import type { GoldenCase, Matrix } from './golden.ts'

interface Params {
  readonly temperature: number
}

const losses = {
  'NT-Xent': { loss: ntXentLoss, pairs: ntXentPairs },
  SupCon: { loss: supConLoss, pairs: supConPairs },
} as const

describe.each(backends)('softmax losses on $backend', ({ open }) => {
  beforeAll(async () => void (await open()))

  const isCosine = ({ params }: GoldenCase) =>
    (params['distance'] as { type?: string } | undefined)?.type !== 'LpDistance'
  const ntXentCases = goldenCases('ntxent')

  it('leaves out only the three cases on distances, which NT-Xent here does not offer', () => {
    expect(ntXentCases.filter((golden) => !isCosine(golden))).toHaveLength(3)
  })

  it.each([
    ...ntXentCases.filter(isCosine).map((golden) => ({ name: 'NT-Xent' as const, golden })),
    ...goldenCases('supcon').map((golden) => ({ name: 'SupCon' as const, golden })),
  ])('$name equals the reference on $golden.name', async ({ name, golden }) => {
    const relation = labelled(golden.inputs.labels!)
    const params = golden.params as unknown as Params
    const { loss, gradient } = await valueAndGradient(golden.inputs.embeddings!, (rows) =>
      losses[name].loss(batchOf(rows, relation), params),
    )
    expect(Math.abs(loss - (golden.expected.loss as number))).toBeLessThan(golden.tolerance.lossAbs)
    expectGradient(gradient, golden.expected.gradEmbeddings!, golden.tolerance.gradAbs)
  })

  it.each(
    goldenCases('infonce_two_view').flatMap((golden) =>
      (['NT-Xent', 'SupCon'] as const).map((name) => ({ name, golden })),
    ),
  )('$name of two views is InfoNCE on $golden.name', async ({ name, golden }) => {
    const { view1, view2 } = golden.inputs
    const relation = twoViews(view1!.length)
    const params = golden.params as unknown as Params
    const { loss, gradient } = await valueAndGradient([...view1!, ...view2!], (rows) =>
      losses[name].loss(batchOf(rows, relation), params),
    )
    const { lossAbs, gradAbs } = golden.tolerance
    expect(Math.abs(loss - (golden.expected.loss as number))).toBeLessThan(lossAbs)
    expectGradient(gradient.slice(0, view1!.length), golden.expected.gradView1!, gradAbs)
    expectGradient(gradient.slice(view1!.length), golden.expected.gradView2!, gradAbs)
  })

  describe.each(['NT-Xent', 'SupCon'] as const)('%s', (name) => {
    const lossOf = (raw: Matrix, relation: Relation, temperature: number) =>
      valueAndGradient(raw, (rows) => losses[name].loss(batchOf(rows, relation), { temperature }))

    it.each([0.01, 0.1, 1])(
      'equals float64 loops over its pairs at τ = %d',
      async (temperature) => {
        const labels = [0, 0, 1, 1, 1, 2, 3, 3]
        const raw = randomRows(labels.length, 5)
        const relation = labelled(labels)
        const { loss, gradient } = await lossOf(raw, relation, temperature)
        const wanted = loops(name, raw, relation, temperature)
        expect(Math.abs(loss - wanted)).toBeLessThan(3e-6 / temperature)
        const slopes = differences(raw, (x) => loops(name, x, relation, temperature))
        expectGradient(gradient, { full: slopes }, 1e-6 / temperature ** 2)
      },
    )

    it('is 0 with a gradient of 0 where no pair is known', async () => {
      const { loss, gradient } = await lossOf(randomRows(4, 3), labelled([-1, -1, -1, -1]), 0.1)
      expect(loss).toBe(0)
      expect(gradient.flat().every((slope) => slope === 0)).toBe(true)
    })

    it('does not look at ignored pairs', async () => {
      const raw = randomRows(5, 3)
      const known = await lossOf(raw.slice(0, 4), labelled([0, 0, 1, 1]), 0.1)
      const more = await lossOf(raw, labelled([0, 0, 1, 1, -1]), 0.1)
      expect(more.loss).toBeCloseTo(known.loss, 5)
      expect(more.gradient[4]).toEqual([0, 0, 0])
    })

    it('is the same in any order of rows', async () => {
      const labels = [0, 0, 1, 1, 2, 2]
      const raw = randomRows(6, 4)
      const order = [3, 0, 5, 1, 4, 2]
      const direct = await lossOf(raw, labelled(labels), 0.1)
      const mixed = await lossOf(
        order.map((i) => raw[i]!),
        labelled(order.map((i) => labels[i]!)),
        0.1,
      )
      expect(mixed.loss).toBeCloseTo(direct.loss, 5)
      expectGradient(mixed.gradient, { full: order.map((i) => direct.gradient[i]!) }, 1e-5)
    })

    it('stays finite at a temperature of .0001', async () => {
      const { loss, gradient } = await lossOf(
        randomRows(8, 4),
        labelled([0, 0, 0, 1, 1, 2, 2, 3]),
        1e-4,
      )
      expect(loss).toSatisfy(Number.isFinite)
      expect(gradient.flat().every(Number.isFinite)).toBe(true)
    })

    it('is right where every similarity is near −1 at a temperature of .001', async () => {
      const at = (degrees: number) => [Math.cos(degrees / 57.3), Math.sin(degrees / 57.3)]
      const raw = [at(0), at(180), at(170), at(-170)]
      const cells = Int8Array.of(0, 1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      const relation = { rows: 4, columns: 4, cells }
      const { loss } = await lossOf(raw, relation, 0.001)
      expect(loss).toBeGreaterThan(10)
      expect(Math.abs(loss - loops(name, raw, relation, 0.001))).toBeLessThan(1e-3)
    })

    it('takes further columns, as a memory gives them', async () => {
      const raw = randomRows(5, 3)
      const square = labelled([0, 0, 1, 1, 1])
      const cells = Int8Array.from([0, 1, -1, -1, -1, 1, 0, -1, -1, -1])
      const relation = { rows: 2, columns: 5, cells }
      expect([...square.cells.subarray(0, 10)]).toEqual([...cells])
      const columns = tf.tidy(() => tf.div(matrixOf(raw), tf.norm(matrixOf(raw), 2, 1, true)))
      const batch = batchOf(columns as tf.Tensor2D, relation)
      const loss = losses[name].loss(batch, { temperature: 0.1 })
      const [found] = await loss.data()
      expect(found).toBeCloseTo(loops(name, raw, relation, 0.1), 5)
      tf.dispose([columns, batch.rows, loss])
    })

    it('leaves no tensor behind but its result', () => {
      const rows = matrixOf(randomRows(4, 3))
      const pairs = losses[name].pairs(labelled([0, 0, 1, 1]), { temperature: 0.1 })
      const before = tf.memory().numTensors
      const loss = softmaxPairsLoss(rows, rows, pairs)
      expect(tf.memory().numTensors).toBe(before + 1)
      tf.dispose([rows, loss])
    })

    it('describes the pairs it weighs: one weight in all, no row in its own denominator', () => {
      const { weights, denominator } = losses[name].pairs(labelled([0, 0, 1, 1, 1, 2]), {
        temperature: 0.1,
      })
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6)
      for (let i = 0; i < 6; i++) expect(denominator[i * 7]).toBe(0)
    })
  })
})

it('SupCon does not count an anchor that has one positive and nothing to tell it from', async () => {
  await cpuRung.open()
  const raw = randomRows(6, 3)
  const images = Int32Array.of(0, 1, 2, 3, 4, 4)
  const withViews = relationOf('metric', { images, labels: Int32Array.of(0, 0, 1, 1, -1, -1) })
  const lossOf = async (rows: Matrix, relation: Relation) =>
    (await valueAndGradient(rows, (x) => supConLoss(batchOf(x, relation), { temperature: 0.1 })))
      .loss
  expect(await lossOf(raw, withViews)).toBeCloseTo(
    await lossOf(raw.slice(0, 4), labelled([0, 0, 1, 1])),
    5,
  )
})

function randomRows(count: number, dim: number): number[][] {
  const stream = random(7, 'test rows', count, dim)
  return Array.from({ length: count }, () => Array.from({ length: dim }, () => stream.normal()))
}

/** The papers' formulas, pair by pair in float64. */
function loops(
  name: keyof typeof losses,
  raw: Matrix,
  { rows, columns, cells }: Relation,
  temperature: number,
): number {
  const unit = raw.map((row) => row.map((x) => x / Math.hypot(...row)))
  const s = (i: number, j: number) =>
    unit[i]!.reduce((sum, x, d) => sum + x * unit[j]![d]!, 0) / temperature
  const of = (i: number, kind: number) =>
    Array.from({ length: columns }, (_, j) => j).filter((j) => cells[i * columns + j] === kind)
  const lse = (values: number[]) => {
    const max = Math.max(...values)
    return max + Math.log(values.reduce((sum, v) => sum + Math.exp(v - max), 0))
  }
  const terms: number[] = []
  for (let i = 0; i < rows; i++) {
    const positives = of(i, positive)
    const negatives = of(i, negative).map((j) => s(i, j))
    const own = positives.map((p) => lse([s(i, p), ...negatives]) - s(i, p))
    const all = lse([...positives.map((p) => s(i, p)), ...negatives])
    const supCon = positives.map((p) => all - s(i, p))
    if (name === 'NT-Xent') terms.push(...own)
    else if (positives.length > 0) terms.push(supCon.reduce((a, b) => a + b, 0) / positives.length)
  }
  return terms.reduce((a, b) => a + b, 0) / terms.length
}

function differences(raw: Matrix, loss: (x: Matrix) => number): number[][] {
  const step = 1e-6
  const moved = (i: number, d: number, by: number) =>
    raw.map((row, r) => row.map((x, c) => (r === i && c === d ? x + by : x)))
  return raw.map((row, i) =>
    row.map((_, d) => (loss(moved(i, d, step)) - loss(moved(i, d, -step))) / (2 * step)),
  )
}
