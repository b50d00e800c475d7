/**
 * Eigenvalues, descending, and eigenvectors of a symmetric matrix: Householder's reduction to three
 * diagonals, then implicit QL steps (Golub & Van Loan, Matrix Computations, ch. 8). n³ operations; up to
 * a few hundred rows.
 *
 * @param matrix `[n, n]`
 * @returns vectors `[n, n]`, one a row
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const { diagonal, beside, basis } = tridiagonal(matrix, n)
  quickQl(diagonal, beside, basis, n)
  const order = Array.from(diagonal.keys()).sort(
    (a, b) => (diagonal[b] as number) - (diagonal[a] as number),
  )
  const vectors = new Float64Array(n * n)
  order.forEach((column, row) => vectors.set(basis.subarray(column * n, (column + 1) * n), row * n))
  return { values: Float64Array.from(order, (i) => diagonal[i] as number), vectors }
}

/** `basis` holds the vectors of the reduction as rows: A = basisᵀ T basis. */
function tridiagonal(
  matrix: Float64Array,
  n: number,
): {
  readonly diagonal: Float64Array
  readonly beside: Float64Array
  readonly basis: Float64Array
} {
  const a = Float64Array.from(matrix)
  const basis = new Float64Array(n * n)
  for (let i = 0; i < n; i++) basis[i * n + i] = 1
  const v = new Float64Array(n)
  const p = new Float64Array(n)
  for (let k = 0; k < n - 2; k++) {
    let squares = 0
    for (let i = k + 1; i < n; i++) squares += (a[i * n + k] as number) ** 2
    const head = a[(k + 1) * n + k] as number
    const alpha = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares)
    v.fill(0)
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k] as number
    v[k + 1] = head - alpha
    let norm = 0
    for (let i = k + 1; i < n; i++) norm += (v[i] as number) ** 2
    if (norm === 0) continue
    reflect(a, n, v, p, { from: k + 1, norm })
    reflectRows(basis, n, v, { from: k + 1, norm })
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number)
  const beside = Float64Array.from({ length: n }, (_, i) =>
    i + 1 < n ? (a[(i + 1) * n + i] as number) : 0,
  )
  return { diagonal, beside, basis }
}

/** A ← H A H, with H = I − 2 v vᵀ / norm. */
function reflect(
  a: Float64Array,
  n: number,
  v: Float64Array,
  p: Float64Array,
  { from, norm }: { readonly from: number; readonly norm: number },
): void {
  let along = 0
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = from; j < n; j++) sum += (a[i * n + j] as number) * (v[j] as number)
    p[i] = (2 * sum) / norm
    along += (p[i] as number) * (v[i] as number)
  }
  for (let i = 0; i < n; i++) p[i] = (p[i] as number) - (along / norm) * (v[i] as number)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      a[i * n + j] =
        (a[i * n + j] as number) -
        (v[i] as number) * (p[j] as number) -
        (p[i] as number) * (v[j] as number)
}

/** B ← H B. */
function reflectRows(
  basis: Float64Array,
  n: number,
  v: Float64Array,
  { from, norm }: { readonly from: number; readonly norm: number },
): void {
  const sums = new Float64Array(n)
  for (let i = from; i < n; i++) {
    const weight = v[i] as number
    for (let j = 0; j < n; j++)
      sums[j] = (sums[j] as number) + weight * (basis[i * n + j] as number)
  }
  for (let i = from; i < n; i++) {
    const weight = (2 * (v[i] as number)) / norm
    for (let j = 0; j < n; j++)
      basis[i * n + j] = (basis[i * n + j] as number) - weight * (sums[j] as number)
  }
}

/** Most QL steps for one eigenvalue; three are usual. */
const mostSteps = 60

/** Turns the three diagonals into one, and the rows of `basis` into eigenvectors. */
function quickQl(d: Float64Array, e: Float64Array, basis: Float64Array, n: number): void {
  for (let l = 0; l < n; l++)
    for (let step = 0; step < mostSteps; step++) {
      let m = l
      while (m < n - 1) {
        const scale = Math.abs(d[m] as number) + Math.abs(d[m + 1] as number)
        if (Math.abs(e[m] as number) <= Number.EPSILON * scale) break
        m++
      }
      if (m === l) break
      qlStep(d, e, basis, { n, l, m })
    }
}

function qlStep(
  d: Float64Array,
  e: Float64Array,
  basis: Float64Array,
  { n, l, m }: { readonly n: number; readonly l: number; readonly m: number },
): void {
  let g = ((d[l + 1] as number) - (d[l] as number)) / (2 * (e[l] as number))
  const root = Math.hypot(g, 1)
  g = (d[m] as number) - (d[l] as number) + (e[l] as number) / (g + (g >= 0 ? root : -root))
  let s = 1
  let c = 1
  let p = 0
  for (let i = m - 1; i >= l; i--) {
    const f = s * (e[i] as number)
    const b = c * (e[i] as number)
    const r = Math.hypot(f, g)
    e[i + 1] = r
    if (r === 0) {
      d[i + 1] = (d[i + 1] as number) - p
      e[m] = 0
      return
    }
    s = f / r
    c = g / r
    g = (d[i + 1] as number) - p
    const t = ((d[i] as number) - g) * s + 2 * c * b
    p = s * t
    d[i + 1] = g + p
    g = c * t - b
    for (let k = 0; k < n; k++) {
      const upper = basis[(i + 1) * n + k] as number
      const lower = basis[i * n + k] as number
      basis[(i + 1) * n + k] = s * lower + c * upper
      basis[i * n + k] = c * lower - s * upper
    }
  }
  d[l] = (d[l] as number) - p
  e[l] = g
  e[m] = 0
}
