import { beforeAll, describe, expect, it } from 'vitest'
import type { Distance } from '../../../src-main/losses/distance.ts'
import type { LearntContext, LearntSpec, Loss } from '../../../src-main/losses/loss.ts'
import type { Reducer } from '../../../src-main/losses/reducer.ts'
import { negative, positive } from '../../../src-main/losses/relation.ts'
import type { Relation } from '../../../src-main/losses/relation.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../../../src-main/numeric/tf.ts'
import {
  backends,
  batchOf,
  expectGradient,
  expectNear,
  labelled,
  matrixOf,
  twoViews,
} from './madeBatches.ts'
import type { Matrix } from './madeBatches.ts'

/** Values that a loss learns, each flat. */
export type LearntNumbers = Readonly<Record<string, readonly number[]>>

/** What a float64 loop over pairs reads. */
export interface Pairs {
  readonly relation: Relation
  /** −1 for none, of the anchors. */
  readonly labels: readonly number[]
  /** Rows of all columns as they come. */
  readonly raw: Matrix
  /** Unit rows of all columns, anchors first. */
  readonly z: Matrix
  readonly anchors: readonly number[]
  readonly s: (i: number, j: number) => number
  readonly d: (i: number, j: number) => number
  readonly positives: (anchor: number) => readonly number[]
  readonly negatives: (anchor: number) => readonly number[]
  readonly learnt: LearntNumbers
  /** The same where the gradient is taken: for what passes none. */
  readonly fixed: Pairs
}

/** What the reference learns, as the loss here takes it. */
export interface GoldenLearnt {
  readonly shape: readonly number[]
  readonly values: readonly number[]
  readonly gradient: readonly number[]
  readonly tolerance: number
}

export interface LossCheck<P> {
  readonly title: string
  readonly loss: Loss<P>
  readonly params: P
  /** Further parameters at which it must equal its loops and stay finite. */
  readonly others?: readonly P[]
  /** The paper's formula, pair by pair. */
  readonly loops: (pairs: Pairs, params: P) => number
  readonly learntOf?: (params: P, context: LearntContext) => readonly LearntSpec[]
  /** Made for two views of each image. */
  readonly isOfViews?: boolean
  /** Looks at labels, not at pairs. */
  readonly isOfLabels?: boolean
  /** Looks at rows, not at pairs: without any known it is not 0. */
  readonly isOfRows?: boolean
  /** Its choice of pairs depends on the order of rows. */
  readonly isOfOrder?: boolean
  /** What it does at a limit, in rows of length 2500, is only finite if this bounds it. */
  readonly largestSlope?: number
}

/** A batch as it is known before its rows. */
interface Known {
  readonly relation: Relation
  readonly labels: readonly number[]
}

const labelCount = 4

/** Everything that is asked of every loss. */
export function describeLoss<P>(check: LossCheck<P>): void {
  const {
    title,
    loss,
    params,
    others = [],
    loops,
    learntOf = () => [],
    isOfViews = false,
    isOfLabels = false,
    isOfRows = false,
    isOfOrder = false,
    largestSlope = 1e9,
  } = check
  const settings = [params, ...others]
  const specsOf = (chosen: P, dim: number) => learntOf(chosen, { labels: labelCount, dim, seed: 3 })

  const lossOf = async (
    raw: Matrix,
    { relation, labels }: Known,
    { chosen = params, learnt }: { chosen?: P; learnt?: LearntNumbers } = {},
  ) => {
    const specs = specsOf(chosen, raw[0]!.length)
    const values = specs.map(({ name, start, shape }) =>
      tf.tensor(learnt?.[name] ? [...learnt[name]] : start, [...shape]),
    )
    const { value, grads } = tf.valueAndGrads((...inputs: Tensor[]) => {
      const [x, ...rest] = inputs as [Tensor2D, ...Tensor[]]
      const named = Object.fromEntries(specs.map(({ name }, i) => [name, rest[i]!]))
      const batch = batchOf(unitRows(x), relation, { raw: x, labels })
      return through(loss(batch, chosen, named), inputs)
    })([matrixOf(raw), ...values])
    const result = {
      loss: (await value.data())[0]!,
      gradient: (await grads[0]!.array()) as number[][],
      learnt: Object.fromEntries(
        await Promise.all(
          specs.map(async ({ name }, i) => [name, [...(await grads[i + 1]!.data())]] as const),
        ),
      ),
    }
    tf.dispose([value, ...grads, ...values])
    return result
  }

  describe.each(backends)(`${title} on $backend`, ({ open }) => {
    beforeAll(async () => void (await open()))

    it.each(
      relations({ isOfViews, isOfLabels: isOfLabels || isOfRows }).flatMap((made) =>
        settings.map((chosen) => ({ ...made, chosen })),
      ),
    )('equals float64 loops over its pairs, $name: $chosen', async ({ known, chosen }) => {
      const raw = randomRows(known.relation.columns, 5)
      const learnt = Object.fromEntries(
        specsOf(chosen, 5).map(({ name, start }, k) => {
          const stream = random(11, 'learnt', k)
          return [name, Array.from(start, (x) => Math.fround(x + 0.05 * stream.normal()))] as const
        }),
      )
      const found = await lossOf(raw, known, { chosen, learnt })
      const base = pairsOf(raw, known, { learnt })
      const wanted = loops(base, chosen)
      expect(Math.abs(found.loss - wanted)).toBeLessThan(2e-5 * Math.max(1, Math.abs(wanted)))
      const at = (rows: Matrix, values: LearntNumbers) =>
        loops(pairsOf(rows, known, { fixed: base, learnt: values }), chosen)
      const slopes = differences(raw, (x) => at(x, learnt))
      const largest = Math.max(1, ...slopes.flat().map(Math.abs))
      expectGradient(found.gradient, slopes, 1e-4 * largest)
      for (const [name, values] of Object.entries(learnt)) {
        const [own] = differences([values], ([x]) => at(raw, { ...learnt, [name]: x! }))
        const steepest = Math.max(1, ...own!.map(Math.abs))
        expectNear(found.learnt[name]!, own!, 1e-4 * steepest)
      }
    })

    it.skipIf(isOfRows)('is 0 with a gradient of 0 where no pair is known', async () => {
      const labels = [-1, -1, -1, -1]
      const known = labelled(labels)
      const relation = isOfViews ? { ...known, firstViews: 2 } : known
      for (const chosen of settings) {
        const found = await lossOf(randomRows(4, 3), { relation, labels }, { chosen })
        expect(found.loss).toBe(0)
        expect(found.gradient.flat().every((slope) => slope === 0)).toBe(true)
        for (const slopes of Object.values(found.learnt))
          expect(slopes.every((slope) => slope === 0)).toBe(true)
      }
    })

    it.skipIf(isOfRows)('does not look at ignored pairs', async () => {
      const raw = randomRows(9, 4)
      const labels = [0, 0, 1, 1, 1, 2, 3, 3]
      const relation = isOfViews ? twoViews(4) : labelled(labels)
      const known = await lossOf(raw.slice(0, 8), { relation, labels })
      const more = await lossOf(raw, {
        relation: withIgnoredRow(relation),
        labels: [...labels, -1],
      })
      expect(Math.abs(more.loss - known.loss)).toBeLessThan(1e-4 * (1 + Math.abs(known.loss)))
      expect(more.gradient[8]).toSatisfy((row: number[]) => row.every((slope) => slope === 0))
    })

    it.skipIf(isOfOrder)('is the same in any order of rows', async () => {
      const raw = randomRows(8, 4)
      const order = isOfViews ? [2, 0, 3, 1, 6, 4, 7, 5] : [6, 2, 4, 0, 5, 7, 3, 1]
      const labels = [0, 0, 1, 1, 1, 2, 3, 3]
      const mixedLabels = order.map((i) => labels[i]!)
      const known = { relation: isOfViews ? twoViews(4) : labelled(labels), labels }
      const mixedKnown = {
        relation: isOfViews ? known.relation : labelled(mixedLabels),
        labels: mixedLabels,
      }
      const direct = await lossOf(raw, known)
      const mixed = await lossOf(
        order.map((i) => raw[i]!),
        mixedKnown,
      )
      expect(Math.abs(mixed.loss - direct.loss)).toBeLessThan(1e-5 * (1 + Math.abs(direct.loss)))
      const largest = Math.max(1, ...direct.gradient.flat().map(Math.abs))
      expectGradient(
        mixed.gradient,
        order.map((i) => direct.gradient[i]!),
        2e-5 * largest,
      )
    })

    it.each(settings)('is finite on bad input: %j', async (chosen) => {
      for (const raw of badRows())
        for (const known of badRelations(raw.length)) {
          const found = await lossOf(raw, known, { chosen })
          const slopes = [found.gradient.flat(), ...Object.values(found.learnt)].flat()
          expect(found.loss).toSatisfy(Number.isFinite)
          expect(slopes.every(Number.isFinite)).toBe(true)
          expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(largestSlope)
        }
    })

    it('is finite on 256 rows', async () => {
      const raw = randomRows(256, 8)
      const labels = raw.map((_, i) => i % labelCount)
      const relation = isOfViews ? twoViews(128) : labelled(labels)
      const found = await lossOf(raw, { relation, labels })
      expect(found.loss).toSatisfy(Number.isFinite)
      expect(found.gradient.flat().every(Number.isFinite)).toBe(true)
    })

    it('leaves no tensor behind but its result', async () => {
      const rows = matrixOf(randomRows(8, 3))
      const labels = [0, 0, 1, 1, 1, 2, 3, 3]
      const relation = isOfViews ? twoViews(4) : labelled(labels)
      for (const chosen of settings) {
        const specs = specsOf(chosen, 3)
        const values = specs.map(({ start, shape }) => tf.tensor(start, [...shape]))
        const named = Object.fromEntries(specs.map(({ name }, i) => [name, values[i]!]))
        const before = tf.memory().numTensors
        const alone = loss(batchOf(rows, relation, { labels }), chosen, named)
        expect(tf.memory().numTensors).toBe(before + 1)
        alone.dispose()
        tf.dispose(values)
        const free = tf.memory().numTensors
        await lossOf(randomRows(8, 3), { relation, labels }, { chosen })
        expect(tf.memory().numTensors).toBe(free + 1)
      }
      rows.dispose()
    })
  })
}

/** A loss that does not look at an input has the gradient 0 there; tfjs alone would throw. */
function through(loss: Scalar, inputs: readonly Tensor[]): Scalar {
  return inputs.reduce<Scalar>((sum, x) => tf.add(sum, tf.mul(tf.sum(x), 0)), loss)
}

function relations({
  isOfViews,
  isOfLabels,
}: {
  isOfViews: boolean
  isOfLabels: boolean
}): readonly { name: string; known: Known }[] {
  const labels = [0, 0, 1, 1, 1, 2, 3, 3]
  const whole = isOfViews ? twoViews(4) : labelled(labels)
  const usual = { name: 'as the regime has them', known: { relation: whole, labels } }
  if (isOfLabels) {
    const some = [0, 0, 1, -1, 1, 2, -1, 0]
    return [
      usual,
      { name: 'with rows without a label', known: { relation: labelled(some), labels: some } },
    ]
  }
  const judged = { ...whole, cells: whole.cells.slice() }
  // Verdicts: a negative that is ignored, one that is a positive, a positive that is ignored.
  for (const [i, j] of [
    [0, 2],
    [2, 0],
    [3, 6],
    [4, 7],
  ])
    judged.cells[i! * 8 + j!] = 0
  judged.cells[1 * 8 + 7] = positive
  judged.cells[7 * 8 + 1] = positive
  judged.cells[isOfViews ? 2 * 8 + 6 : 3 * 8 + 4] = 0
  const memory = { ...whole, rows: 6, cells: whole.cells.slice(0, 6 * 8) }
  return [
    usual,
    { name: 'with verdicts', known: { relation: judged, labels } },
    { name: 'with a memory', known: { relation: memory, labels: labels.slice(0, 6) } },
  ]
}

function withIgnoredRow({ rows, columns, cells, ...rest }: Relation): Relation {
  const more = new Int8Array((rows + 1) * (columns + 1))
  for (let i = 0; i < rows; i++)
    more.set(cells.subarray(i * columns, (i + 1) * columns), i * (columns + 1))
  return { ...rest, rows: rows + 1, columns: columns + 1, cells: more }
}

function badRows(): readonly Matrix[] {
  const rows = randomRows(8, 4)
  const opposite = rows.slice(0, 4).map((row) => row.map((x) => -x))
  return [
    rows.map(() => [1, 2, 3, 4]),
    rows.map(() => [1, 1, 1, 1]),
    rows.map(() => [0, 0, 0, 0]),
    [...rows.slice(0, 4), ...opposite],
    [...rows.slice(0, 4), ...rows.slice(0, 4)],
    rows.map((row, i) => (i % 3 === 0 ? [0, 0, 0, 0] : row)),
    rows.map((row) => row.map((x) => x * 2500)),
    rows.map((_, i) => [1 + i * 1e-7, 1, 1, 1]),
    rows.map((row) => row.slice(0, 1)),
  ]
}

function badRelations(count: number): readonly Known[] {
  const of = (labelOf: (i: number) => number) => {
    const labels = Array.from({ length: count }, (_, i) => labelOf(i))
    return { relation: labelled(labels), labels: labels.map((label) => label % labelCount) }
  }
  return [
    of((i) => i % 4),
    of(() => 0),
    of((i) => i),
    of((i) => (i < 2 ? 0 : i)),
    { relation: twoViews(count / 2), labels: new Array<number>(count).fill(-1) },
  ]
}

export function randomRows(count: number, dim: number): number[][] {
  const stream = random(7, 'test rows', count, dim)
  return Array.from({ length: count }, () => Array.from({ length: dim }, () => stream.normal()))
}

function pairsOf(
  raw: Matrix,
  { relation, labels }: Known,
  { fixed, learnt }: { readonly fixed?: Pairs; readonly learnt: LearntNumbers },
): Pairs {
  const z = raw.map((row) => row.map((x) => x / Math.hypot(...row)))
  const of = (i: number, kind: number) =>
    z.flatMap((_, j) => (relation.cells[i * relation.columns + j] === kind ? [j] : []))
  const pairs = {
    relation,
    labels,
    raw,
    z,
    anchors: Array.from({ length: relation.rows }, (_, i) => i),
    s: (i: number, j: number) => dot(z[i]!, z[j]!),
    d: (i: number, j: number) => Math.hypot(...z[i]!.map((x, k) => x - z[j]![k]!)),
    positives: (i: number) => of(i, positive),
    negatives: (i: number) => of(i, negative),
    learnt,
  }
  const all: Pairs = { ...pairs, fixed: fixed ?? (undefined as unknown as Pairs) }
  return fixed ? all : { ...pairs, fixed: all }
}

/** A distance of float64 rows; of a similarity s it is 1 − s. */
export function distanceLoop(pairs: Pairs, distance: Distance): (i: number, j: number) => number {
  const rows = distance.kind === 'cosine' || distance.isUnit ? pairs.z : pairs.raw
  const apart = (i: number, j: number) => rows[i]!.map((x, k) => x - rows[j]![k]!)
  switch (distance.kind) {
    case 'cosine':
    case 'dot':
      return (i, j) => 1 - dot(rows[i]!, rows[j]!)
    case 'lp':
      return (i, j) =>
        sum(apart(i, j).map((x) => Math.abs(x) ** distance.p)) ** (distance.power / distance.p)
    case 'snr':
      return (i, j) => variance(apart(i, j)) / variance(rows[i]!)
    default:
      return distance satisfies never
  }
}

function variance(values: readonly number[]): number {
  const centre = mean(values)
  return sum(values.map((x) => (x - centre) ** 2)) / (values.length - 1)
}

/** Terms of anchors, in the order of anchors, as one number. */
export function reduceLoop(terms: readonly (readonly number[])[], reducer: Reducer): number {
  const all = terms.flat()
  switch (reducer.kind) {
    case 'mean':
      return mean(all)
    case 'non-zero':
      return meanOfNonZero(all)
    case 'sum':
      return sum(all)
    case 'per-anchor':
      return mean(terms.map(mean))
    case 'threshold':
      return mean(all.filter((term) => term > reducer.low && term < reducer.high))
    default:
      return reducer satisfies never
  }
}

export const someReducers: readonly Reducer[] = [
  { kind: 'mean' },
  { kind: 'non-zero' },
  { kind: 'sum' },
  { kind: 'per-anchor' },
  { kind: 'threshold', low: 0.1, high: 0.6 },
]

export const someDistances: readonly Distance[] = [
  { kind: 'lp', p: 2, power: 1, isUnit: true },
  { kind: 'lp', p: 2, power: 2, isUnit: true },
  { kind: 'lp', p: 1, power: 1, isUnit: true },
  { kind: 'lp', p: 3, power: 1.5, isUnit: false },
  { kind: 'cosine' },
  { kind: 'dot', isUnit: false },
  { kind: 'snr', isUnit: true },
]

export function softplus(x: number): number {
  return x > 30 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((x, k) => x * b[k]!))
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length
}

export function meanOfNonZero(values: readonly number[]): number {
  return mean(values.filter((value) => value > 0))
}

export function relu(x: number): number {
  return Math.max(0, x)
}

/** log(1 + Σ eˣ) */
export function logOnePlus(values: readonly number[]): number {
  return logSumExp([0, ...values])
}

export function logSumExp(values: readonly number[]): number {
  const maximum = Math.max(...values)
  return maximum + Math.log(sum(values.map((value) => Math.exp(value - maximum))))
}

function differences(raw: Matrix, loss: (x: Matrix) => number): number[][] {
  const step = 1e-6
  const moved = (i: number, d: number, by: number) =>
    raw.map((row, r) => row.map((x, c) => (r === i && c === d ? x + by : x)))
  return raw.map((row, i) =>
    row.map((_, d) => (loss(moved(i, d, step)) - loss(moved(i, d, -step))) / (2 * step)),
  )
}
