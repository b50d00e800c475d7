import type { Score } from '../contract/runs.ts'
import { forEachQuery } from './neighbours.ts'

/**
 * Recall@1 and MAP@R of images among images, by cosine, on the tensor backend that is active.
 *
 * A query whose label no other image of the gallery has is left out. R is the number of images of
 * its label there, itself left out; MAP@R = (1/R) Σ_{k ≤ R, hit at k} precision@k (Musgrave et al.,
 * ECCV 2020, arXiv:2003.08505). Ties go to the lower index.
 *
 * @param request.rows unit rows of all images, `[images, dim]`
 * @param request.labels one an image, −1 for none
 * @param request.queries images that are asked for
 * @param request.gallery images they are looked for among, ascending; a query is not its own neighbour
 * @returns null where no query counts
 */
export async function retrievalScore(request: {
  readonly rows: Float32Array
  readonly dim: number
  readonly labels: Int32Array
  readonly queries: Int32Array
  readonly gallery: Int32Array
}): Promise<Score | null> {
  const { rows, dim, labels, gallery } = request
  const galleryLabels = gallery.map((image) => labels[image] ?? -1)
  const placesOf = new Map<number, number[]>()
  galleryLabels.forEach((label, place) => {
    if (label < 0) return
    const places = placesOf.get(label)
    if (places) places.push(place)
    else placesOf.set(label, [place])
  })
  const fellowsOf = (image: number) =>
    (placesOf.get(labels[image] ?? -1) ?? []).filter((place) => gallery[place] !== image)
  const queries = request.queries.filter((image) => fellowsOf(image).length > 0)
  if (queries.length === 0) return null

  let hitsAtOne = 0
  let precisions = 0
  await forEachQuery({ data: rows, dim }, queries, gallery, (query, cosines) => {
    const fellows = fellowsOf(query)
    const ranks = ranksOf(fellows, cosines, galleryLabels)
    if (ranks[0] === 1) hitsAtOne += 1
    precisions += ranks.reduce((sum, rank, i) => sum + (i + 1) / rank, 0) / fellows.length
  })
  return {
    recallAt1: hitsAtOne / queries.length,
    mapAtR: precisions / queries.length,
    queries: queries.length,
  }
}

/**
 * Ranks up to R of the images of one label among the whole gallery, from 1, ascending. Counts how many
 * others come before each, since sorting the gallery is slow where labels are large.
 *
 * @param fellows R places in the gallery, the query's own left out; a NaN has no rank
 */
function ranksOf(
  fellows: readonly number[],
  cosines: Float32Array,
  galleryLabels: Int32Array,
): readonly number[] {
  const label = galleryLabels[fellows[0] ?? 0] ?? -1
  // The query itself may be there too, and nearest of all.
  const floor = floorOf(cosines, fellows.length + 1)
  const places = Int32Array.from(fellows.filter((place) => (cosines[place] ?? NaN) >= floor))
  places.sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0) || a - b)
  const own = Float32Array.from(places, (place) => cosines[place] ?? 0)
  const last = own.at(-1) ?? Infinity
  /** Others that come right before each fellow. */
  const before = new Int32Array(own.length + 1)
  for (let place = 0; place < cosines.length; place++) {
    const cosine = cosines[place] ?? NaN
    if (!(cosine >= last) || galleryLabels[place] === label) continue
    let low = 0
    let high = own.length
    while (low < high) {
      const middle = (low + high) >> 1
      const rival = own[middle] ?? 0
      if (cosine > rival || (cosine === rival && place < (places[middle] ?? 0))) high = middle
      else low = middle + 1
    }
    before[low] = (before[low] ?? 0) + 1
  }
  let others = 0
  const ranks = Array.from(own, (_, i) => (others += before[i] ?? 0) + i + 1)
  return ranks.filter((rank) => rank <= fellows.length)
}

/** Bins of a cosine's range, [−1, 1]. */
const bins = 1024

/** A value that at least `count` of the cosines reach, and not many more. */
function floorOf(cosines: Float32Array, count: number): number {
  const sizes = new Int32Array(bins + 1)
  for (let place = 0; place < cosines.length; place++) {
    // Rounding errors may lead out of the range; NaN falls into the lowest bin.
    const bin = Math.min(Math.max(((cosines[place] ?? 0) + 1) * (bins / 2), 0), bins) | 0
    sizes[bin] = (sizes[bin] ?? 0) + 1
  }
  let reached = 0
  let bin = bins + 1
  while (bin > 0 && reached < count) reached += sizes[--bin] ?? 0
  // One bin lower, so that a cosine that was rounded into its bin still reaches the floor.
  return bin > 1 ? (bin - 1) / (bins / 2) - 1 : -Infinity
}
