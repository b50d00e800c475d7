/** Rows shorter than this have no direction. */
const smallestNorm = 1e-12
/** Above this cosine 2 − 2s has lost digits, and distances come from the differences themselves. */
const nearCosine = 0.9

/** How far the anchors of a batch lie from all others, in float64, as miners look at it. */
export interface Geometry {
  readonly rows: number
  readonly columns: number
  readonly dim: number
  /** Anchors before they were normalised, `[rows, dim]`. */
  readonly raw: Float32Array
  /** Others before they were normalised, `[columns, dim]`. */
  readonly rawColumns: Float32Array
  /** Of unit rows, `[rows, columns]`, in [−1, 1]. */
  cosines(): Float64Array
  /** Euclidean, of unit rows, `[rows, columns]`, in [0, 2]. Exactly 0 for equal rows. */
  distances(): Float64Array
}

/**
 * Each table is made when it is first asked for.
 *
 * @param raw anchors `[rows, dim]`
 * @param memory others that come after the anchors among the columns, `[columns − rows, dim]`
 */
export function geometryOf(
  raw: Float32Array,
  dim: number,
  memory: Float32Array = new Float32Array(),
): Geometry {
  const rows = raw.length / dim
  const columns = rows + memory.length / dim
  const rawColumns = memory.length === 0 ? raw : joined(raw, memory)
  const unit = unitRowsOf(rawColumns, dim)
  let cosines: Float64Array | null = null
  let distances: Float64Array | null = null
  const cosinesOf = () => (cosines ??= productsOf(unit, { rows, columns, dim }))
  return {
    rows,
    columns,
    dim,
    raw,
    rawColumns,
    cosines: cosinesOf,
    distances: () => (distances ??= distancesOf(cosinesOf(), unit, { columns, dim })),
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

interface Shape {
  readonly rows: number
  readonly columns: number
  readonly dim: number
}

function productsOf(unit: Float64Array, { rows, columns, dim }: Shape): Float64Array {
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
  cosines: Float64Array,
  unit: Float64Array,
  { columns, dim }: Omit<Shape, 'rows'>,
): Float64Array {
  return cosines.map((cosine, at) => {
    const a = Math.floor(at / columns) * dim
    const b = (at % columns) * dim
    // Zero rows are no unit rows either: for them 2 − 2s is not the distance.
    if (cosine < nearCosine && cosine !== 0) return Math.sqrt(2 - 2 * cosine)
    let square = 0
    for (let k = 0; k < dim; k++) square += ((unit[a + k] ?? 0) - (unit[b + k] ?? 0)) ** 2
    return Math.sqrt(square)
  })
}
