import { expect } from 'vitest'
import type { Batch, Triplets } from '../../../src-main/losses/loss.ts'
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

/** Finite, and each entry near the wanted one. */
export function expectGradient(actual: Matrix, wanted: Matrix, tolerance: number): void {
  expect(actual.length).toBe(wanted.length)
  actual.forEach((row, i) => {
    expect(row.every(Number.isFinite)).toBe(true)
    expectNear(row, wanted[i]!, tolerance)
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
