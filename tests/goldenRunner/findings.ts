import { z } from 'zod'

export type Matrix = readonly (readonly number[])[]

/** One thing that is not as the reference has it. */
export interface Finding {
  /** `loss`, `gradEmbeddings[3][1]`, `anchors`, … */
  readonly what: string
  readonly found: string
  readonly expected: string
  /** Largest absolute difference that is allowed; missing where things are equal or not. */
  readonly tolerance?: number
}

/** A summary of a large gradient may differ by this share in float32. */
const summaryTolerance = 1e-3

const numbers = z.array(z.number()).readonly()
const matrix = z.array(numbers).readonly()

/** A gradient as the files write it: whole, or some rows and summaries of a large one. */
export const gradientSchema = z.union([
  z.object({
    full: matrix,
    skipRows: z.array(z.int()).default([]),
    nonFiniteRows: z.array(z.int()).default([]),
  }),
  z.object({
    rows: z.array(z.int()),
    values: matrix,
    rowNorms: numbers.optional(),
    columnSums: numbers.optional(),
    frobenius: z.number().optional(),
  }),
])
export type ExpectedGradient = z.infer<typeof gradientSchema>

export function compareNumber(
  what: string,
  [found, expected]: readonly [number, number],
  tolerance: number,
): readonly Finding[] {
  if (Math.abs(found - expected) <= tolerance) return []
  return [{ what, found: digits(found), expected: digits(expected), tolerance }]
}

/** One finding at most a gradient and summary: the entry that is farthest off. */
export function compareGradient(
  what: string,
  found: Matrix,
  expected: ExpectedGradient,
  tolerance: number,
): readonly Finding[] {
  const infinite = firstNonFinite(what, found)
  if (infinite) return [infinite]
  if ('full' in expected) {
    const { full, skipRows, nonFiniteRows } = expected
    if (full.length !== found.length) return [sizes(`rows of ${what}`, found.length, full.length)]
    const skipped = new Set([...skipRows, ...nonFiniteRows])
    const rows = full.map((_, row) => row).filter((row) => !skipped.has(row))
    return worstOf(
      rows.flatMap((row) => compareRow(`${what}[${row}]`, found[row], full[row], tolerance)),
    )
  }
  const { rows, values, rowNorms = [], columnSums = [], frobenius } = expected
  const near = (wanted: number) => summaryTolerance * Math.abs(wanted) + tolerance
  const length = norm(found.flat())
  return [
    ...worstOf(
      rows.flatMap((row, i) => compareRow(`${what}[${row}]`, found[row], values[i], tolerance)),
    ),
    ...worstOf(
      rowNorms.flatMap((wanted, row) =>
        compareNumber(`norm of ${what}[${row}]`, [norm(found[row] ?? []), wanted], near(wanted)),
      ),
    ),
    ...worstOf(
      // A sum may cancel: what it may be off by is set by what it is made of.
      columnSums.flatMap((wanted, column) =>
        compareNumber(
          `column sum ${column} of ${what}`,
          [found.reduce((sum, row) => sum + (row[column] ?? NaN), 0), wanted],
          near(length),
        ),
      ),
    ),
    ...(frobenius === undefined
      ? []
      : compareNumber(`norm of ${what}`, [length, frobenius], near(frobenius))),
  ]
}

/** Equal lists of whole numbers. */
export function compareIndices(
  what: string,
  found: readonly number[],
  expected: readonly number[],
): readonly Finding[] {
  if (found.length !== expected.length)
    return [sizes(`length of ${what}`, found.length, expected.length)]
  const at = found.findIndex((index, i) => index !== expected[i])
  if (at < 0) return []
  return [{ what: `${what}[${at}]`, found: String(found[at]), expected: String(expected[at]) }]
}

export function finite(what: string, value: number): readonly Finding[] {
  return Number.isFinite(value) ? [] : [{ what, found: digits(value), expected: 'a finite number' }]
}

export function firstNonFinite(what: string, values: Matrix): Finding | undefined {
  for (const [row, entries] of values.entries()) {
    const column = entries.findIndex((value) => !Number.isFinite(value))
    if (column >= 0)
      return {
        what: `${what}[${row}][${column}]`,
        found: digits(entries[column] ?? NaN),
        expected: 'a finite number',
      }
  }
  return undefined
}

function compareRow(
  what: string,
  found: readonly number[] | undefined,
  expected: readonly number[] | undefined,
  tolerance: number,
): readonly Finding[] {
  if (!found || found.length !== expected?.length)
    return [sizes(`length of ${what}`, found?.length ?? 0, expected?.length ?? 0)]
  return found.flatMap((value, i) =>
    compareNumber(`${what}[${i}]`, [value, expected[i] ?? NaN], tolerance),
  )
}

function worstOf(findings: readonly Finding[]): readonly Finding[] {
  const distance = ({ found, expected, tolerance }: Finding) =>
    tolerance === undefined ? Infinity : Math.abs(Number(found) - Number(expected))
  const [worst] = [...findings].sort((a, b) => distance(b) - distance(a))
  if (!worst) return []
  const others = findings.length - 1
  return [others === 0 ? worst : { ...worst, what: `${worst.what} (and ${others} more)` }]
}

function sizes(what: string, found: number, expected: number): Finding {
  return { what, found: String(found), expected: String(expected) }
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}

/** As many digits as float32 and the files have. */
function digits(value: number): string {
  return String(Number(value.toPrecision(10)))
}
