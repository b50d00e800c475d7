import type { Score } from '../contract/runs.ts'
import { forEachQuery } from './neighbours.ts'

/** Unit rows, their labels, and who is asked for among whom. */
export interface ScoredRows {
  /** `[images, dim]` */
  readonly rows: Float32Array
  readonly dim: number
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  /** Images that are asked for. */
  readonly queries: Int32Array
  /** Images they are looked for among, ascending; a query is not its own neighbour. */
  readonly gallery: Int32Array
}

/** Each query by itself, in the order of `queries`. */
export interface QueryScores {
  /** Those of the request whose label the gallery has, themselves left out. */
  readonly queries: Int32Array
  /** 1 where the nearest image has the label. */
  readonly hitAtOne: Float64Array
  /** Share of the nearest R that have it. */
  readonly rPrecision: Float64Array
  readonly mapAtR: Float64Array
}

/** Recall@1 and MAP@R: means of {@link queryScores}. Null where no query counts. */
export async function retrievalScore(request: ScoredRows): Promise<Score | null> {
  const { queries, hitAtOne, mapAtR } = await queryScores(request)
  if (queries.length === 0) return null
  const meanOf = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length
  return { recallAt1: meanOf(hitAtOne), mapAtR: meanOf(mapAtR), queries: queries.length }
}

/**
 * Retrieval of images among images, by cosine, on the tensor backend that is active.
 *
 * R is the number of images of a query's label in the gallery, itself left out; MAP@R =
 * (1/R) Σ_{k ≤ R, hit at k} precision@k (Musgrave et al., ECCV 2020, arXiv:2003.08505). Ties go to the
 * lower index.
 */
export async function queryScores(request: ScoredRows): Promise<QueryScores> {
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
  const [hitAtOne, rPrecision, mapAtR] = [0, 0, 0].map(() => new Float64Array(queries.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  if (queries.length === 0) return { queries, hitAtOne, rPrecision, mapAtR }

  const placeOf = new Map(Array.from(queries, (image, place) => [image, place]))
  await forEachQuery({ data: rows, dim }, queries, gallery, (query, cosines) => {
    const fellows = fellowsOf(query)
    const ranks = ranksOf(fellows, cosines, galleryLabels)
    const place = placeOf.get(query) ?? 0
    hitAtOne[place] = ranks[0] === 1 ? 1 : 0
    rPrecision[place] = ranks.length / fellows.length
    mapAtR[place] = ranks.reduce((sum, rank, i) => sum + (i + 1) / rank, 0) / fellows.length
  })
  return { queries, hitAtOne, rPrecision, mapAtR }
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
