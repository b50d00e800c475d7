/** Rows of each cluster, summed up. */
export interface ClusterMeans {
  readonly count: number
  /** `[count]` */
  readonly sizes: Int32Array
  /** Sums of the rows, `[count, dim]`. */
  readonly sums: Float64Array
  /** Lengths of the sums, `[count]`. */
  readonly lengths: Float64Array
  /** The sums at unit length, or zero, `[count, dim]`. */
  readonly directions: Float32Array
}

/**
 * @param rows `[n, dim]`
 * @param clusters of each row, from 0; rows below 0 are left out
 */
export function clusterMeans(rows: Float32Array, dim: number, clusters: Int32Array): ClusterMeans {
  const count = clusters.reduce((most, c) => Math.max(most, c + 1), 0)
  const sizes = new Int32Array(count)
  const sums = new Float64Array(count * dim)
  clusters.forEach((c, i) => {
    if (c < 0) return
    sizes[c] = (sizes[c] as number) + 1
    for (let d = 0; d < dim; d++)
      sums[c * dim + d] = (sums[c * dim + d] as number) + (rows[i * dim + d] as number)
  })
  const lengths = new Float64Array(count)
  const directions = new Float32Array(count * dim)
  for (let c = 0; c < count; c++) {
    const sum = sums.subarray(c * dim, (c + 1) * dim)
    const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
    lengths[c] = length
    if (length > 0) sum.forEach((value, d) => (directions[c * dim + d] = value / length))
  }
  return { count, sizes, sums, lengths, directions }
}

/** Scalar products of row `i` with each of some vectors, `[vectors]`. */
export function productsWith(
  rows: Float32Array,
  dim: number,
  i: number,
  vectors: Float32Array | Float64Array,
  out: Float64Array,
): void {
  for (let c = 0; c < out.length; c++) {
    let sum = 0
    for (let d = 0; d < dim; d++)
      sum += (rows[i * dim + d] as number) * (vectors[c * dim + d] as number)
    out[c] = sum
  }
}
