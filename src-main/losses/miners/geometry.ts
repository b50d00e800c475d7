/** Rows shorter than this have no direction. */
const smallestNorm = 1e-12
/** Above this cosine 2 − 2s has lost digits, and distances come from the differences themselves. */
const nearCosine = 0.9
/** Products of fewer numbers than this are formed here, in float64; a memory has more. */
const manyProducts = 1 << 23

/** Numbers by anchor and column, `[rows, columns]`. */
export type Table = Float64Array | Float32Array

/** How far the anchors of a batch lie from all others, as miners look at it. */
export interface Geometry {
  readonly rows: number
  readonly columns: number
  readonly dim: number
  /** Anchors before they were normalised, `[rows, dim]`. */
  readonly raw: Float32Array
  /** Others before they were normalised, `[columns, dim]`. */
  readonly rawColumns: Float32Array
  /** Of unit rows, in [−1, 1]. */
  cosines(): Table
  /** Euclidean, of unit rows, in [0, 2]. Exactly 0 for equal rows. */
  distances(): Table
}

/** The first `rows` of unit rows times all of them: a product of matrices, in float32. */
export type Products = (unit: Float32Array, shape: GeometryShape) => Float32Array

export interface GeometryShape {
  readonly rows: number
  readonly columns: number
  readonly dim: number
}

/**
 * Each table is made when it is first asked for.
 *
 * @param raw anchors `[rows, dim]`
 * @param options.memory others that come after the anchors among the columns, `[columns − rows, dim]`
 * @param options.products a faster way for large tables; missing: they are made here too
 */
export function geometryOf(
  raw: Float32Array,
  dim: number,
  {
    memory = new Float32Array(),
    products,
  }: { readonly memory?: Float32Array | undefined; readonly products?: Products | undefined } = {},
): Geometry {
  const rows = raw.length / dim
  const columns = rows + memory.length / dim
  const rawColumns = memory.length === 0 ? raw : joined(raw, memory)
  const unit = unitRowsOf(rawColumns, dim)
  const shape = { rows, columns, dim }
  let cosines: Table | null = null
  let distances: Table | null = null
  const isLarge = rows * columns * dim > manyProducts
  const cosinesOf = () =>
    (cosines ??=
      products && isLarge ? products(Float32Array.from(unit), shape) : productsOf(unit, shape))
  return {
    ...shape,
    raw,
    rawColumns,
    cosines: cosinesOf,
    distances: () => (distances ??= distancesOf(cosinesOf(), unit, shape)),
  }
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const whole = new Float32Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

function unitRowsOf(raw: Float32Array, dim: number): Float64Array {
  const unit = Float64Array.from(raw)
  for (let start = 0; start < unit.length; start += dim) {
    let square = 0
    for (let k = start; k < start + dim; k++) square += (unit[k] ?? 0) ** 2
    const scale = 1 / Math.max(Math.sqrt(square), smallestNorm)
    for (let k = start; k < start + dim; k++) unit[k] = (unit[k] ?? 0) * scale
  }
  return unit
}

function productsOf(unit: Float64Array, { rows, columns, dim }: GeometryShape): Float64Array {
  const products = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let k = 0, a = i * dim, b = j * dim; k < dim; k++, a++, b++)
        sum += (unit[a] ?? 0) * (unit[b] ?? 0)
      products[i * columns + j] = Math.min(Math.max(sum, -1), 1)
    }
  return products
}

function distancesOf(
  cosines: Table,
  unit: Float64Array,
  { rows, columns, dim }: GeometryShape,
): Table {
  const distances = cosines.slice()
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) {
      const cosine = cosines[at] ?? 0
      // Zero rows are no unit rows either: for them 2 − 2s is not the distance.
      distances[at] =
        cosine < nearCosine && cosine !== 0
          ? Math.sqrt(2 - 2 * cosine)
          : differenceOf(unit, [i * dim, j * dim], dim)
    }
  return distances
}

function differenceOf(unit: Float64Array, [a, b]: readonly [number, number], dim: number): number {
  let square = 0
  for (let k = 0; k < dim; k++) square += ((unit[a + k] ?? 0) - (unit[b + k] ?? 0)) ** 2
  return Math.sqrt(square)
}
