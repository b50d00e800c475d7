import { beforeAll, describe, expect, it } from 'vitest'
import type { Loss } from '../../../src-main/losses/loss.ts'
import { negative, positive } from '../../../src-main/losses/relation.ts'
import type { Relation } from '../../../src-main/losses/relation.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Tensor2D } from '../../../src-main/numeric/tf.ts'
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

/** What a float64 loop over pairs reads. */
export interface Pairs {
  readonly relation: Relation
  /** Unit rows of all columns, anchors first. */
  readonly z: Matrix
  readonly anchors: readonly number[]
  readonly s: (i: number, j: number) => number
  readonly d: (i: number, j: number) => number
  readonly positives: (anchor: number) => readonly number[]
  readonly negatives: (anchor: number) => readonly number[]
  /** The same where the gradient is taken: for what passes none. */
  readonly fixed: Pairs
}

export interface LossCheck<P> {
  readonly title: string
  readonly loss: Loss<P>
  readonly params: P
  /** Further parameters at which it must equal its loops and stay finite. */
  readonly others?: readonly P[]
  /** The paper's formula, pair by pair. */
  readonly loops: (pairs: Pairs, params: P) => number
  readonly golden?: {
    readonly file: string
    /** Null where the loss here does not offer what the case asks for. */
    readonly paramsOf: (params: Readonly<Record<string, unknown>>) => P | null
    /** How many cases that are. */
    readonly left?: number
    /** Rows go in as they are, not as unit rows. */
    readonly isRaw?: boolean
    /** The reference's gradient is that of other rows. */
    readonly hasOtherGradient?: boolean
    /** Which cases ask for the same as the loss here; all if missing. */
    readonly isOffered?: (golden: GoldenCase) => boolean
  }
  /** Made for two views of each image. */
  readonly isOfViews?: boolean
  /** Its choice of pairs depends on the order of rows. */
  readonly isOfOrder?: boolean
}

/** Everything that is asked of every loss. */
export function describeLoss<P>(check: LossCheck<P>): void {
  const {
    title,
    loss,
    params,
    others = [],
    loops,
    golden,
    isOfViews = false,
    isOfOrder = false,
  } = check
  const settings = [params, ...others]
  const lossOf = (raw: Matrix, relation: Relation, chosen: P = params) =>
    valueAndGradient(raw, (columns) => loss(batchOf(columns, relation), chosen, {}))

  describe.each(backends)(`${title} on $backend`, ({ open }) => {
    beforeAll(async () => void (await open()))

    if (golden) {
      const cases = goldenCases(golden.file).map((found) => ({
        golden: found,
        chosen: (golden.isOffered?.(found) ?? true) ? golden.paramsOf(found.params) : null,
      }))

      it(`leaves out ${golden.left ?? 0} cases of the reference`, () => {
        expect(cases.filter(({ chosen }) => chosen === null)).toHaveLength(golden.left ?? 0)
      })

      it.each(cases.filter(({ chosen }) => chosen !== null))(
        'equals the reference on $golden.name',
        async ({ golden: { inputs, expected, tolerance }, chosen }) => {
          const { embeddings, labels, view1 = [], view2 = [] } = inputs
          const raw = embeddings ?? [...view1, ...view2]
          const relation = labels ? labelled(labels) : twoViews(view1.length)
          const result = await valueAndGradient(
            raw,
            (rows) => loss(batchOf(rows, relation), chosen!, {}),
            golden.isRaw,
          )
          expect(result.loss).toSatisfy(Number.isFinite)
          if (typeof expected.loss === 'number')
            expect(Math.abs(result.loss - expected.loss)).toBeLessThan(tolerance.lossAbs)
          const rows = result.gradient
          if (golden.hasOtherGradient) return
          const { gradEmbeddings, gradView1, gradView2 } = expected
          const { gradAbs } = tolerance
          if (gradEmbeddings) expectGradient(rows, gradEmbeddings, gradAbs)
          if (gradView1) expectGradient(rows.slice(0, view1.length), gradView1, gradAbs)
          if (gradView2) expectGradient(rows.slice(view1.length), gradView2, gradAbs)
        },
      )
    }

    it.each(
      relations(isOfViews).flatMap((made) => settings.map((chosen) => ({ ...made, chosen }))),
    )('equals float64 loops over its pairs, $name: $chosen', async ({ relation, chosen }) => {
      const raw = randomRows(relation.columns, 5)
      const { loss: found, gradient } = await lossOf(raw, relation, chosen)
      const base = pairsOf(raw, relation)
      const wanted = loops(base, chosen)
      expect(Math.abs(found - wanted)).toBeLessThan(2e-5 * Math.max(1, Math.abs(wanted)))
      const slopes = differences(raw, (x) => loops(pairsOf(x, relation, base), chosen))
      const largest = Math.max(1, ...slopes.flat().map(Math.abs))
      expectGradient(gradient, { full: slopes }, 1e-4 * largest)
    })

    it('is 0 with a gradient of 0 where no pair is known', async () => {
      const known = labelled([-1, -1, -1, -1])
      const relation = isOfViews ? { ...known, firstViews: 2 } : known
      const { loss: found, gradient } = await lossOf(randomRows(4, 3), relation)
      expect(found).toBe(0)
      expect(gradient.flat().every((slope) => slope === 0)).toBe(true)
    })

    it('does not look at ignored pairs', async () => {
      const raw = randomRows(9, 4)
      const relation = isOfViews ? twoViews(4) : labelled([0, 0, 1, 1, 1, 2, 3, 3])
      const known = await lossOf(raw.slice(0, 8), relation)
      const more = await lossOf(raw, withIgnoredRow(relation))
      expect(more.loss).toBeCloseTo(known.loss, 4)
      expect(more.gradient[8]).toSatisfy((row: number[]) => row.every((slope) => slope === 0))
    })

    it.skipIf(isOfOrder)('is the same in any order of rows', async () => {
      const raw = randomRows(8, 4)
      const order = isOfViews ? [2, 0, 3, 1, 6, 4, 7, 5] : [6, 2, 4, 0, 5, 7, 3, 1]
      const labels = [0, 0, 1, 1, 1, 2, 3, 3]
      const relation = isOfViews ? twoViews(4) : labelled(labels)
      const mixedRelation = isOfViews ? relation : labelled(order.map((i) => labels[i]!))
      const direct = await lossOf(raw, relation)
      const mixed = await lossOf(
        order.map((i) => raw[i]!),
        mixedRelation,
      )
      expect(Math.abs(mixed.loss - direct.loss)).toBeLessThan(1e-5 * (1 + Math.abs(direct.loss)))
      const largest = Math.max(1, ...direct.gradient.flat().map(Math.abs))
      expectGradient(
        mixed.gradient,
        { full: order.map((i) => direct.gradient[i]!) },
        2e-5 * largest,
      )
    })

    it.each(settings)('is finite on bad input: %j', async (chosen) => {
      for (const raw of badRows())
        for (const relation of badRelations(raw.length)) {
          const { loss: found, gradient } = await lossOf(raw, relation, chosen)
          expect(found).toSatisfy(Number.isFinite)
          expect(gradient.flat().every(Number.isFinite)).toBe(true)
          expect(Math.max(...gradient.flat().map(Math.abs))).toBeLessThan(1e9)
        }
    })

    it('leaves no tensor behind but its result', () => {
      const rows = matrixOf(randomRows(8, 3))
      const relation = isOfViews ? twoViews(4) : labelled([0, 0, 1, 1, 1, 2, 3, 3])
      const before = tf.memory().numTensors
      const alone = loss(batchOf(rows, relation), params, {})
      expect(tf.memory().numTensors).toBe(before + 1)
      const { value, grad } = tf.valueAndGrad((x) => {
        const unit = unitRows(x as Tensor2D)
        return loss(batchOf(unit, relation), params, {})
      })(rows)
      expect(tf.memory().numTensors).toBe(before + 3)
      tf.dispose([rows, alone, value, grad])
    })
  })
}

function relations(isOfViews: boolean): readonly { name: string; relation: Relation }[] {
  const whole = isOfViews ? twoViews(4) : labelled([0, 0, 1, 1, 1, 2, 3, 3])
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
    { name: 'as the regime has them', relation: whole },
    { name: 'with verdicts', relation: judged },
    { name: 'with a memory', relation: memory },
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

function badRelations(count: number): readonly Relation[] {
  const labels = (labelOf: (i: number) => number) =>
    labelled(Array.from({ length: count }, (_, i) => labelOf(i)))
  return [
    labels((i) => i % 4),
    labels(() => 0),
    labels((i) => i),
    labels((i) => (i < 2 ? 0 : i)),
    twoViews(count / 2),
  ]
}

export function randomRows(count: number, dim: number): number[][] {
  const stream = random(7, 'test rows', count, dim)
  return Array.from({ length: count }, () => Array.from({ length: dim }, () => stream.normal()))
}

export function pairsOf(raw: Matrix, relation: Relation, fixed?: Pairs): Pairs {
  const z = raw.map((row) => row.map((x) => x / Math.hypot(...row)))
  const of = (i: number, kind: number) =>
    z.flatMap((_, j) => (relation.cells[i * relation.columns + j] === kind ? [j] : []))
  const pairs = {
    relation,
    z,
    anchors: Array.from({ length: relation.rows }, (_, i) => i),
    s: (i: number, j: number) => sum(z[i]!.map((x, k) => x * z[j]![k]!)),
    d: (i: number, j: number) => Math.hypot(...z[i]!.map((x, k) => x - z[j]![k]!)),
    positives: (i: number) => of(i, positive),
    negatives: (i: number) => of(i, negative),
  }
  const all: Pairs = { ...pairs, fixed: fixed ?? (undefined as unknown as Pairs) }
  return fixed ? all : { ...pairs, fixed: all }
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
