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
  const given = sparseOf(count, k, ids, shares)
  // Rows of a transposed matrix come out sorted, so twice transposed the matrix is sorted itself.
  const taken = transposed(given)
  const sorted = transposed(taken)
  return sumOf(sorted, taken)
}

/** The lists without their empty places, divided so that they and their transpose sum to 1. */
function sparseOf(count: number, k: number, ids: Int32Array, shares: Float64Array): Affinities {
  const offsets = new Int32Array(count + 1)
  const columns = new Int32Array(ids.length)
  const weights = new Float64Array(ids.length)
  let sum = 0
  let end = 0
  for (let row = 0; row < count; row++) {
    for (let e = row * k; e < (row + 1) * k; e++) {
      if ((ids[e] as number) < 0) continue
      columns[end] = ids[e] as number
      weights[end++] = shares[e] as number
      sum += 2 * (shares[e] as number)
    }
    offsets[row + 1] = end
  }
  for (let e = 0; e < end; e++) weights[e] = (weights[e] as number) / sum
  return { count, offsets, ids: columns.subarray(0, end), weights: weights.subarray(0, end) }
}

function transposed({ count, offsets, ids, weights }: Affinities): Affinities {
  const starts = new Int32Array(count + 1)
  for (const id of ids) starts[id + 1] = (starts[id + 1] as number) + 1
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
  const rows = new Int32Array(ids.length)
  const values = new Float64Array(ids.length)
  const next = starts.slice(0, count)
  for (let row = 0; row < count; row++)
    for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
      const column = ids[e] as number
      const at = next[column] as number
      rows[at] = row
      values[at] = weights[e] as number
      next[column] = at + 1
    }
  return { count, offsets: starts, ids: rows, weights: values }
}

/** The sum of two matrices whose rows are sorted, its rows sorted too. */
function sumOf(one: Affinities, other: Affinities): Affinities {
  const { count } = one
  const offsets = new Int32Array(count + 1)
  const ids = new Int32Array(one.ids.length + other.ids.length)
  const weights = new Float64Array(ids.length)
  let end = 0
  for (let row = 0; row < count; row++) {
    let a = one.offsets[row] as number
    let b = other.offsets[row] as number
    const endA = one.offsets[row + 1] as number
    const endB = other.offsets[row + 1] as number
    while (a < endA || b < endB) {
      const idA = a < endA ? (one.ids[a] as number) : Infinity
      const idB = b < endB ? (other.ids[b] as number) : Infinity
      ids[end] = Math.min(idA, idB)
      let weight = 0
      if (idA <= idB) weight += one.weights[a++] as number
      if (idB <= idA) weight += other.weights[b++] as number
      weights[end++] = weight
    }
    offsets[row + 1] = end
  }
  return { count, offsets, ids: ids.slice(0, end), weights: weights.slice(0, end) }
}
