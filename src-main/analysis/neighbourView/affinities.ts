import type { NearestNeighbours } from '../nearestNeighbours.ts'

/**
 * How strongly rows that are near attract each other: a symmetric sparse matrix whose entries sum to
 * 1, each row's entries ascending by id. Excluded rows have none.
 */
export interface Affinities {
  readonly count: number
  /** Where each row's entries begin, `[count + 1]`. */
  readonly offsets: Int32Array
  /** `[entries]` */
  readonly ids: Int32Array
  /** `[entries]` */
  readonly weights: Float64Array
}

/** Effective number of neighbours; three times as many are asked for. */
export const perplexity = 15
export const neighboursAsked = 3 * perplexity

/**
 * Affinities of t-SNE (van der Maaten & Hinton, JMLR 2008) with a kernel of the unit sphere: row i
 * gives its neighbour j the share exp(β_i · cos) / Σ, a von Mises–Fisher density around i, with β_i
 * such that the shares' perplexity is 15, or a third of the neighbours where there are fewer. Both
 * directions of a pair are added.
 */
export function affinitiesOf({ ids, cosines, k }: NearestNeighbours): Affinities {
  const count = k > 0 ? ids.length / k : 0
  const shares = new Float64Array(ids.length)
  for (let i = 0; i < count; i++) {
    const found = ids.subarray(i * k, (i + 1) * k).indexOf(-1)
    const have = found < 0 ? k : found
    setShares(shares.subarray(i * k, i * k + have), cosines.subarray(i * k, i * k + have))
  }
  return symmetric(count, k, ids, shares)
}

/**
 * Finds the β with which the entropy of the shares is the logarithm of the perplexity: Newton's steps,
 * halvings of what is left where they lead out of it.
 */
function setShares(shares: Float64Array, cosines: Float32Array): void {
  if (shares.length === 0) return
  const wanted = Math.log(Math.max(1, Math.min(perplexity, shares.length / 3)))
  const nearest = cosines[0] as number
  let least = 0
  let most = Infinity
  let beta = 50
  let total = 0
  // Where many are equally near, no β gives so small an entropy; it then ends as large as it got.
  for (let round = 0; round < 60; round++) {
    total = 0
    let mean = 0
    let square = 0
    for (let j = 0; j < shares.length; j++) {
      const distance = nearest - (cosines[j] as number)
      const share = Math.exp(-beta * distance)
      shares[j] = share
      total += share
      mean += share * distance
      square += share * distance * distance
    }
    mean /= total
    const excess = Math.log(total) + beta * mean - wanted
    if (Math.abs(excess) < 1e-5) break
    if (excess > 0) least = beta
    else most = beta
    // The entropy falls by β times the variance of the distance.
    const step = beta + excess / (beta * (square / total - mean * mean))
    const isInside = step > least && step < most && step < 4 * beta
    beta = isInside ? step : most === Infinity ? 2 * beta : (least + most) / 2
  }
  for (let j = 0; j < shares.length; j++) shares[j] = (shares[j] as number) / total
}

/** (shares + sharesᵀ) / Σ, with the entries of each row by ascending id. */
function symmetric(count: number, k: number, ids: Int32Array, shares: Float64Array): Affinities {
  const starts = new Int32Array(count + 1)
  let sum = 0
  for (let e = 0; e < ids.length; e++) {
    const id = ids[e] as number
    if (id < 0) continue
    sum += 2 * (shares[e] as number)
    const row = Math.floor(e / k)
    starts[row + 1] = (starts[row + 1] as number) + 1
    starts[id + 1] = (starts[id + 1] as number) + 1
  }
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
  const columns = new Int32Array(starts[count] ?? 0)
  const values = new Float64Array(columns.length)
  const next = starts.slice(0, count)
  const put = (row: number, column: number, value: number): void => {
    const at = next[row] as number
    columns[at] = column
    values[at] = value
    next[row] = at + 1
  }
  for (let e = 0; e < ids.length; e++) {
    const id = ids[e] as number
    if (id < 0) continue
    const row = Math.floor(e / k)
    const value = (shares[e] as number) / sum
    put(row, id, value)
    put(id, row, value)
  }
  return merged(count, starts, columns, values)
}

/** Adds entries of the same row and column, and sorts them: transposing twice is a stable sort. */
function merged(
  count: number,
  starts: Int32Array,
  columns: Int32Array,
  values: Float64Array,
): Affinities {
  const offsets = new Int32Array(count + 1)
  const ids = new Int32Array(columns.length)
  const weights = new Float64Array(columns.length)
  // The matrix is symmetric, so its transpose, which comes out sorted, is the matrix itself.
  const next = starts.slice(0, count)
  for (let row = 0; row < count; row++)
    for (let e = starts[row] as number; e < (starts[row + 1] as number); e++) {
      const column = columns[e] as number
      const at = next[column] as number
      ids[at] = row
      weights[at] = values[e] as number
      next[column] = at + 1
    }
  let end = 0
  for (let row = 0; row < count; row++) {
    const first = end
    for (let e = starts[row] as number; e < (starts[row + 1] as number); e++) {
      if (end > first && ids[end - 1] === ids[e]) {
        weights[end - 1] = (weights[end - 1] as number) + (weights[e] as number)
        continue
      }
      ids[end] = ids[e] as number
      weights[end++] = weights[e] as number
    }
    offsets[row + 1] = end
  }
  return { count, offsets, ids: ids.slice(0, end), weights: weights.slice(0, end) }
}
