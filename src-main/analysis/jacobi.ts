/** Eigenvalues and eigenvectors (columns) of a small symmetric matrix, by Jacobi rotations. */
export function jacobi(
  matrix: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = Float64Array.from(matrix)
  const vectors = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += (a[p * n + q] ?? 0) ** 2
    if (off < 1e-30) break
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q] ?? 0
        if (apq === 0) continue
        const theta = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        rotate(a, n, p, q, c, t * c, 'columns')
        rotate(a, n, p, q, c, t * c, 'rows')
        rotate(vectors, n, p, q, c, t * c, 'columns')
      }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i] ?? 0), vectors }
}

function rotate(
  a: Float64Array,
  n: number,
  p: number,
  q: number,
  c: number,
  s: number,
  what: 'rows' | 'columns',
): void {
  for (let k = 0; k < n; k++) {
    const i = what === 'columns' ? k * n + p : p * n + k
    const j = what === 'columns' ? k * n + q : q * n + k
    const x = a[i] ?? 0
    const y = a[j] ?? 0
    a[i] = c * x - s * y
    a[j] = s * x + c * y
  }
}
