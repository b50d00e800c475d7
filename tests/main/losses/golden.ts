import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Distance } from '../../../src-main/losses/distance.ts'
import type { Batch, Triplets } from '../../../src-main/losses/loss.ts'
import type { Reducer } from '../../../src-main/losses/reducer.ts'
import { countAnchors, relationOf } from '../../../src-main/losses/relation.ts'
import type { Relation } from '../../../src-main/losses/relation.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import { wasmRung } from '../../../src-main/numeric/engines/wasm.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Scalar, Tensor2D } from '../../../src-main/numeric/tf.ts'

/** The backends that losses run on without a graphics card. */
export const backends = [
  { backend: 'cpu', open: () => cpuRung.open() },
  { backend: 'wasm', open: () => wasmRung.open() },
] as const

export type Matrix = readonly (readonly number[])[]

/** A gradient as the files write it: whole, or some rows and summaries of a large one. */
export interface ExpectedGradient {
  readonly full?: Matrix
  readonly skipRows?: readonly number[]
  /** Rows that are not finite in the reference. */
  readonly nonFiniteRows?: readonly number[]
  readonly rows?: readonly number[]
  readonly values?: Matrix
  readonly rowNorms?: readonly number[]
  readonly columnSums?: readonly number[]
  readonly frobenius?: number
}

export interface GoldenCase {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
  readonly inputs: {
    readonly embeddings?: Matrix
    readonly labels?: readonly number[]
    readonly view1?: Matrix
    readonly view2?: Matrix
    readonly dataset?: string
    readonly proxies?: Matrix
    readonly W?: Matrix
    readonly fc?: Matrix
    readonly beta?: number | readonly number[]
    readonly indicesTuple?: Readonly<Record<string, unknown>>
  }
  readonly expected: {
    /** Text where the reference is not finite. */
    readonly loss: number | string
    readonly gradEmbeddings?: ExpectedGradient
    readonly gradView1?: ExpectedGradient
    readonly gradView2?: ExpectedGradient
    readonly gradProxies?: ExpectedGradient
    readonly gradW?: ExpectedGradient
    readonly gradFc?: ExpectedGradient
    readonly gradBeta?: ExpectedGradient | number | readonly number[]
    readonly gradParams?: Readonly<Record<string, number>>
    readonly anchors?: readonly number[]
    readonly positives?: readonly number[]
    readonly negatives?: readonly number[]
  }
  readonly datasets?: Readonly<Record<string, { embeddings: Matrix; labels: readonly number[] }>>
  readonly tolerance: Readonly<Record<string, number>> & {
    readonly lossAbs: number
    readonly gradAbs: number
  }
}

export function goldenCases(file: string): readonly GoldenCase[] {
  const url = new URL(`../../golden/${file}.json`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: readonly GoldenCase[] }).cases
}

export function matrixOf(rows: Matrix): Tensor2D {
  return tf.tensor2d(rows.flat(), [rows.length, rows[0]!.length])
}

export function labelled(labels: readonly number[]): Relation {
  const images = Int32Array.from(labels, (_, i) => i)
  return relationOf('metric', { images, labels: Int32Array.from(labels) })
}

/** Rows [views 1; views 2] of `count` images. */
export function twoViews(count: number): Relation {
  const images = Int32Array.from({ length: 2 * count }, (_, i) => i % count)
  return relationOf('contrastive', { images, labels: new Int32Array(2 * count).fill(-1) })
}

/** What a batch may have besides its rows and its relation. */
export interface BatchExtras {
  /** `[columns, dim]`; the unit rows if missing. */
  readonly raw?: Tensor2D
  /** Nobody's if missing. */
  readonly labels?: readonly number[]
  readonly triplets?: Triplets
  readonly anchorCount?: number
}

export function batchOf(
  columns: Tensor2D,
  relation: Relation,
  { raw = columns, labels, triplets, anchorCount }: BatchExtras = {},
): Batch {
  const { rows: count } = relation
  const first = (x: Tensor2D) =>
    x.shape[0] === count ? x : tf.slice(x, [0, 0], [count, x.shape[1]])
  const rows = first(columns)
  return {
    rows,
    raw: raw === columns ? rows : first(raw),
    columns,
    rawColumns: raw,
    labels: labels ? Int32Array.from(labels.slice(0, count)) : new Int32Array(count).fill(-1),
    relation,
    anchorCount: anchorCount ?? countAnchors(relation),
    ...(triplets && { triplets }),
  }
}

/** Value and gradient of a loss of unit rows with respect to raw ones, which it gets too. */
export async function valueAndGradient(
  raw: Matrix,
  lossOfRows: (rows: Tensor2D, raw: Tensor2D) => Scalar,
): Promise<{ loss: number; gradient: number[][] }> {
  const x = matrixOf(raw)
  const { value, grad } = tf.valueAndGrad((rows) =>
    lossOfRows(unitRows(rows as Tensor2D), rows as Tensor2D),
  )(x)
  const [loss] = await value.data()
  const gradient = await (grad as Tensor2D).array()
  tf.dispose([x, value, grad])
  return { loss: loss!, gradient }
}

/** The distance that a case names. */
export function distanceOfCase(params: Readonly<Record<string, unknown>>): Distance {
  const { type, p, power, normalizeEmbeddings } = params['distance'] as Record<string, unknown>
  const isUnit = normalizeEmbeddings as boolean
  if (type === 'CosineSimilarity') return { kind: 'cosine' }
  if (type === 'DotProductSimilarity') return { kind: 'dot', isUnit }
  if (type === 'SNRDistance') return { kind: 'snr', isUnit }
  return { kind: 'lp', p: p as number, power: power as number, isUnit }
}

/** The reducer that a case names, of losses with two sub-losses the first one's. */
export function reducerOfCase(params: Readonly<Record<string, unknown>>): Reducer {
  const named = params['reducer'] as string | Readonly<Record<string, string>>
  const name = typeof named === 'string' ? named : Object.values(named)[0]
  return name === 'AvgNonZeroReducer' ? { kind: 'non-zero' } : { kind: 'mean' }
}

/** Margins of a similarity are similarities; here they are 1 − s. */
export function marginOfCase(params: Readonly<Record<string, unknown>>, name: string): number {
  const value = params[name] as number
  const { isSimilarity } = params['distance'] as { readonly isSimilarity: boolean }
  return isSimilarity ? 1 - value : value
}

export function expectGradient(
  actual: Matrix,
  expected: ExpectedGradient,
  tolerance: number,
): void {
  const skipped = [...(expected.skipRows ?? []), ...(expected.nonFiniteRows ?? [])]
  const rows = expected.rows ?? actual.map((_, i) => i)
  const values = expected.values ?? expected.full!
  rows.forEach((row, i) => {
    expect(actual[row]!.every(Number.isFinite)).toBe(true)
    if (!skipped.includes(row)) expectNear(actual[row]!, values[i]!, tolerance)
  })
  const norm = (numbers: readonly number[]) => Math.hypot(...numbers)
  const close = (found: number, wanted: number) =>
    expect(Math.abs(found - wanted)).toBeLessThan(1e-3 * Math.abs(wanted) + tolerance)
  expected.rowNorms?.forEach((wanted, i) => close(norm(actual[i]!), wanted))
  if (expected.frobenius !== undefined) close(norm(actual.flat()), expected.frobenius)
  expected.columnSums?.forEach((wanted, j) => {
    const sum = actual.reduce((total, row) => total + row[j]!, 0)
    expect(Math.abs(sum - wanted)).toBeLessThan(1e-3 * norm(actual.flat()) + tolerance)
  })
}

export function expectNear(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance))
}
