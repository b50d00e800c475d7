/** A symmetric matrix of which only some cells are not 0, row by row. */
export interface SparseSymmetric {
  readonly count: number
  /** Where each row begins in `columns` and `values`, `[count + 1]`. */
  readonly starts: Int32Array
  /** Ascending in each row. */
  readonly columns: Int32Array
  readonly values: Float32Array
}

/**
 * S = D^−½ W D^−½ of the graph whose edges are the union of all lists of nearest neighbours, weighted by
 * rank: w_ij = 1 / √((1 + r_ij)(1 + r_ji)), r_ij the place of j in the list of i, from 1, or k + 1 where
 * it is not in it. Ranks and not cosines: dense and sparse regions count alike. Eigenvalues lie in
 * [−1, 1]; a row without neighbours is empty.
 *
 * @param ids lists of nearest neighbours, nearest first, `[count, k]`; −1 where there are fewer
 */
export function rankGraph(ids: Int32Array, k: number): SparseSymmetric {
  const count = k > 0 ? ids.length / k : 0
  const reverse = reversed(ids, count)
  const starts = new Int32Array(count + 1)
  const capacity = 2 * ids.length
  const columns = new Int32Array(capacity)
  const values = new Float32Array(capacity)
  const rankFrom = new Int32Array(count)
  const rankTo = new Int32Array(count)
  const strength = new Float64Array(count)
  let end = 0
  for (let i = 0; i < count; i++) {
    const start = end
    for (let rank = 1; rank <= k; rank++) {
      const j = ids[i * k + rank - 1] as number
      if (j < 0) break
      rankFrom[j] = rank
      columns[end++] = j
    }
    for (let at = reverse.starts[i] as number; at < (reverse.starts[i + 1] as number); at++) {
      const place = reverse.places[at] as number
      const j = Math.floor(place / k)
      rankTo[j] = (place % k) + 1
      if (rankFrom[j] === 0) columns[end++] = j
    }
    columns.subarray(start, end).sort()
    let sum = 0
    for (let at = start; at < end; at++) {
      const j = columns[at] as number
      const weight = 1 / Math.sqrt((1 + (rankFrom[j] || k + 1)) * (1 + (rankTo[j] || k + 1)))
      values[at] = weight
      sum += weight
      rankFrom[j] = 0
      rankTo[j] = 0
    }
    strength[i] = Math.sqrt(sum)
    starts[i + 1] = end
  }
  for (let i = 0; i < count; i++)
    for (let at = starts[i] as number; at < (starts[i + 1] as number); at++)
      values[at] =
        (values[at] as number) /
        ((strength[i] as number) * (strength[columns[at] as number] as number))
  return { count, starts, columns: columns.slice(0, end), values: values.slice(0, end) }
}

/** Where each row stands in the lists of others, ascending by list. */
export function reversed(
  ids: Int32Array,
  count: number,
): { readonly starts: Int32Array; readonly places: Int32Array } {
  const starts = new Int32Array(count + 1)
  for (const id of ids) if (id >= 0) starts[id + 1] = (starts[id + 1] as number) + 1
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
  const next = starts.slice()
  const places = new Int32Array(starts[count] as number)
  ids.forEach((id, place) => {
    if (id < 0) return
    const at = next[id] as number
    places[at] = place
    next[id] = at + 1
  })
  return { starts, places }
}

/** The value of a cell; 0 where none is kept. */
export function cellOf(matrix: SparseSymmetric, i: number, j: number): number {
  const { starts, columns, values } = matrix
  let low = starts[i] as number
  let high = (starts[i + 1] as number) - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const column = columns[middle] as number
    if (column === j) return values[middle] as number
    if (column < j) low = middle + 1
    else high = middle - 1
  }
  return 0
}
