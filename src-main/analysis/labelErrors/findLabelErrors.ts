import type { LabelDoubt, LabelErrorsReport } from '../../contract/labelErrors.ts'
import { nearestNeighbours } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { RowProducts } from '../rowProducts.ts'
import { foldProbabilities } from './foldProbabilities.ts'
import { labelTwins } from './labelTwins.ts'
import { neighbourVotes } from './neighbourVotes.ts'

/** Neighbours that vote, and that agree or disagree. */
const neighbours = 10

/**
 * Labels that are probably wrong, by confident learning (Northcutt, Jiang, Chuang, JAIR 2021,
 * arXiv:1911.00068): an image is doubted when a model that never saw it gives another label more than that
 * label's images usually get. What is likely is the mean of that model, a logistic regression, and of the
 * votes of the nearest in the features and in the pixels: the one sees what a label has in common, the
 * others what is nearly the same picture. Ranked by how much more likely the other label is.
 *
 * The features must not have been trained on these labels: they would have learnt the errors by heart.
 *
 * @param rows unit rows of the labelled images
 * @param labels 0 … labelCount − 1, one an image
 * @param ids one an image
 */
export async function findLabelErrors(
  rows: Rows,
  options: {
    readonly labels: Int32Array
    readonly labelCount: number
    readonly ids: Int32Array
    /** Small pictures of the same images, centred, at unit length; null where they cannot be had. */
    readonly pixels: Rows | null
    readonly top: number
    readonly products: RowProducts
  },
): Promise<Omit<LabelErrorsReport, 'run' | 'epoch' | 'labelNames' | 'assumptions'>> {
  const { labels, labelCount, ids, pixels, top, products } = options
  const count = labels.length
  const k = Math.max(Math.min(neighbours, count - 1), 1)
  const lists = await nearestNeighbours(rows.data, { dim: rows.dim, k })
  const opinions = [
    foldProbabilities(rows, labels, labelCount, products),
    neighbourVotes(lists, labels, labelCount),
  ]
  if (pixels) {
    const alike = await nearestNeighbours(pixels.data, { dim: pixels.dim, k })
    opinions.push(neighbourVotes(alike, labels, labelCount))
  }
  const probabilities = meanOf(opinions)
  const thresholds = thresholdsOf(probabilities, labels, labelCount)
  const all = Array.from(labels, (label, i): LabelDoubt => {
    const own = probabilities.subarray(i * labelCount, (i + 1) * labelCount)
    const suggested = likeliestOther(own, label)
    const list = lists.ids.subarray(i * k, (i + 1) * k)
    const agreeing = (wanted: number) => list.filter((j) => j >= 0 && labels[j] === wanted).length
    const ownProbability = own[label] ?? 0
    const suggestedProbability = own[suggested] ?? 0
    return {
      image: ids[i] ?? 0,
      label,
      suggested,
      ownProbability,
      suggestedProbability,
      isConfident: confidentLabel(own, thresholds) === suggested && suggested !== label,
      neighboursOwn: agreeing(label),
      neighboursSuggested: agreeing(suggested),
    }
  })
  const doubtOf = (of: LabelDoubt) => of.suggestedProbability - of.ownProbability
  return {
    images: count,
    neighbours: k,
    estimatedErrors: all.filter(({ isConfident }) => isConfident).length,
    doubts: all.toSorted((a, b) => doubtOf(b) - doubtOf(a)).slice(0, top),
    twins: labelTwins(lists, labels, labelCount),
  }
}

function meanOf(opinions: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(opinions[0]?.length ?? 0)
  for (const opinion of opinions)
    for (let at = 0; at < mean.length; at++)
      mean[at] = (mean[at] as number) + (opinion[at] as number) / opinions.length
  return mean
}

/** t_j: the mean probability that images of label j get for it. */
function thresholdsOf(
  probabilities: Float32Array,
  labels: Int32Array,
  labelCount: number,
): Float64Array {
  const sums = new Float64Array(labelCount)
  const counts = new Float64Array(labelCount)
  labels.forEach((label, i) => {
    sums[label] = (sums[label] as number) + (probabilities[i * labelCount + label] as number)
    counts[label] = (counts[label] as number) + 1
  })
  return sums.map((sum, label) => sum / Math.max(counts[label] as number, 1))
}

/** The likeliest label that reaches its own threshold; −1 for none. */
function confidentLabel(own: Float32Array, thresholds: Float64Array): number {
  let best = -1
  own.forEach((p, label) => {
    if (p >= (thresholds[label] as number) && p > (own[best] ?? -1)) best = label
  })
  return best
}

function likeliestOther(own: Float32Array, label: number): number {
  let best = -1
  own.forEach((p, other) => {
    if (other !== label && p > (own[best] ?? -1)) best = other
  })
  return best < 0 ? label : best
}
