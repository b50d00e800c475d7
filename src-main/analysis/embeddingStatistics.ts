import { jacobi } from './jacobi.ts'
import { countOf } from './neighbours.ts'
import type { Rows } from './neighbours.ts'

/** How an embedding lies on the sphere. What is not defined (no pair of one label, say) is null. */
export interface EmbeddingStatistics {
  /**
   * log mean over pairs of e^(−2 ‖u_i − u_j‖²), ≤ 0; lower is more even (Wang, Isola, ICML 2020,
   * arXiv:2005.10242).
   */
  readonly uniformity: number | null
  /** Mean over all pairs of the cosine where labels are equal, else of 0 (Wang, Liu, CVPR 2021, arXiv:2012.09740). */
  readonly tolerance: number | null
  /** Mean cosine of pairs of one label, in [−1, 1]. */
  readonly cosineWithinLabels: number | null
  /** Mean squared distance of pairs of one label, in [0, 4]. */
  readonly alignment: number | null
  /** Mean cosine of all pairs, in [−1, 1]. */
  readonly meanCosine: number | null
  /**
   * exp of the entropy of the singular values, in [1, dim]: how many dimensions are in use (Garrido et
   * al., "RankMe", ICML 2023, arXiv:2210.02885).
   */
  readonly effectiveRank: number
  /** √dim × the mean standard deviation of a dimension: about 1 if even, 0 if collapsed (Chen, He, CVPR 2021, arXiv:2011.10566). */
  readonly spread: number | null
  /** Mean over images of how much nearer their own label is than the next, in [−1, 1] (Rousseeuw, 1987). */
  readonly silhouette: number | null
}

/**
 * In float64 over all pairs: n² · dim multiplications.
 *
 * @param rows unit rows
 * @param labels one an image; an image without a label (−1) is alike to no other
 */
export function embeddingStatistics(rows: Rows, labels: Int32Array): EmbeddingStatistics {
  const count = countOf(rows)
  const gram = gramOf(rows)
  const all = { pairs: 0, cosines: 0, nearness: 0 }
  const own = { pairs: 0, cosines: 0, squares: 0 }
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      const cosine = gram[i * count + j] ?? 0
      const square = squareOf(gram, count, i, j)
      all.pairs += 1
      all.cosines += cosine
      all.nearness += Math.exp(-2 * square)
      if (labels[i] !== labels[j] || (labels[i] ?? -1) < 0) continue
      own.pairs += 1
      own.cosines += cosine
      own.squares += square
    }
  const over = (sum: number, pairs: number) => (pairs === 0 ? null : sum / pairs)
  return {
    uniformity: all.pairs === 0 ? null : Math.log(all.nearness / all.pairs),
    tolerance: over(own.cosines, all.pairs),
    cosineWithinLabels: over(own.cosines, own.pairs),
    alignment: over(own.squares, own.pairs),
    meanCosine: over(all.cosines, all.pairs),
    effectiveRank: effectiveRank(rows, gram),
    spread: spread(rows),
    silhouette: silhouette(gram, labels),
  }
}

/** Dot products of all rows, `[count, count]`. */
function gramOf(rows: Rows): Float64Array {
  const { data, dim } = rows
  const count = countOf(rows)
  const gram = new Float64Array(count * count)
  for (let i = 0; i < count; i++)
    for (let j = i; j < count; j++) {
      let sum = 0
      for (let d = 0; d < dim; d++) sum += (data[i * dim + d] ?? 0) * (data[j * dim + d] ?? 0)
      gram[i * count + j] = sum
      gram[j * count + i] = sum
    }
  return gram
}

function squareOf(gram: Float64Array, count: number, i: number, j: number): number {
  const square =
    (gram[i * count + i] ?? 0) + (gram[j * count + j] ?? 0) - 2 * (gram[i * count + j] ?? 0)
  return Math.max(square, 0)
}

/** Added to each share, so that the logarithm of none is finite; RankMe's value. */
const leastShare = 1e-7

function effectiveRank(rows: Rows, gram: Float64Array): number {
  const { data, dim } = rows
  const count = countOf(rows)
  // The smaller of both products has all singular values, squared, that can differ from 0.
  const { values } = count <= dim ? jacobi(gram, count) : jacobi(secondMoments(data, dim), dim)
  const singular = Array.from(values, (value) => Math.sqrt(Math.max(value, 0)))
  const total = singular.reduce((sum, value) => sum + value, 0)
  const entropy = singular.reduce((sum, value) => {
    const share = (total > 0 ? value / total : 0) + leastShare
    return sum - share * Math.log(share)
  }, 0)
  return Math.exp(entropy)
}

function secondMoments(data: Float32Array, dim: number): Float64Array {
  const moments = new Float64Array(dim * dim)
  for (let start = 0; start < data.length; start += dim)
    for (let a = 0; a < dim; a++)
      for (let b = 0; b < dim; b++)
        moments[a * dim + b] =
          (moments[a * dim + b] ?? 0) + (data[start + a] ?? 0) * (data[start + b] ?? 0)
  return moments
}

function spread(rows: Rows): number | null {
  const { data, dim } = rows
  const count = countOf(rows)
  if (count < 2) return null
  let deviations = 0
  for (let d = 0; d < dim; d++) {
    let [sum, squares] = [0, 0]
    for (let i = 0; i < count; i++) sum += data[i * dim + d] ?? 0
    for (let i = 0; i < count; i++) squares += ((data[i * dim + d] ?? 0) - sum / count) ** 2
    deviations += Math.sqrt(squares / (count - 1))
  }
  return (Math.sqrt(dim) * deviations) / dim
}

/** Images alone with their label count as 0; null unless there are 2 … n − 1 labels. */
function silhouette(gram: Float64Array, labels: Int32Array): number | null {
  const images = Array.from(labels, (_, i) => i).filter((i) => (labels[i] ?? -1) >= 0)
  const sizes = new Map<number, number>()
  for (const i of images) sizes.set(labels[i] ?? -1, (sizes.get(labels[i] ?? -1) ?? 0) + 1)
  if (sizes.size < 2 || sizes.size >= images.length) return null
  const total = images.reduce((sum, i) => {
    const distances = new Map<number, number>()
    for (const j of images) {
      const label = labels[j] ?? -1
      const distance = Math.sqrt(squareOf(gram, labels.length, i, j))
      distances.set(label, (distances.get(label) ?? 0) + distance)
    }
    const label = labels[i] ?? -1
    const fellows = (sizes.get(label) ?? 0) - 1
    if (fellows === 0) return sum
    const within = (distances.get(label) ?? 0) / fellows
    const others = [...distances].filter(([other]) => other !== label)
    const next = Math.min(...others.map(([other, far]) => far / (sizes.get(other) ?? 1)))
    const larger = Math.max(within, next)
    return sum + (larger === 0 ? 0 : (next - within) / larger)
  }, 0)
  return total / images.length
}
