/** How well a gallery answers queries for images of their own label; each a mean over the queries. */
export interface RetrievalMetrics {
  /** Queries that count: those whose label the gallery has, themselves left out. */
  readonly queries: number
  /** Share of queries whose nearest image has their label. */
  readonly precisionAt1: number
  /** Hits among the nearest R, over R; R is how many the gallery has of the query's label. */
  readonly rPrecision: number
  /** (1/R) Σ_{k ≤ R, hit at k} precision@k: Musgrave et al., ECCV 2020, arXiv:2003.08505. */
  readonly mapAtR: number
  /** The same over the whole ranking. */
  readonly meanAveragePrecision: number
  /** 1 / rank of the first hit. */
  readonly meanReciprocalRank: number
  /** Share of queries with a hit among the nearest k, in the order of `ks`. */
  readonly recallAt: readonly number[]
}

/** What is asked for, and among what. */
export interface RetrievalRequest {
  /** −1 for none, one a query. */
  readonly queryLabels: Int32Array
  /** −1 for none, one an image of the gallery. */
  readonly galleryLabels: Int32Array
  /** The query's own place in the gallery, where it is never found; −1 if it is not there. */
  readonly ownPlaceOf: (query: number) => number
  /** Larger is nearer, one an image of the gallery; read before the next call. Ties go to the lower place. */
  readonly closenessOf: (query: number) => ArrayLike<number>
  readonly ks: readonly number[]
}

/** @returns null where no query counts */
export function retrievalMetrics(request: RetrievalRequest): RetrievalMetrics | null {
  const { queryLabels, ks } = request
  const sums = { precisionAt1: 0, rPrecision: 0, mapAtR: 0, whole: 0, reciprocal: 0 }
  const found = ks.map(() => 0)
  let queries = 0
  queryLabels.forEach((_, query) => {
    const ranks = hitRanks(request, query)
    const [first] = ranks
    if (first === undefined) return
    const relevant = ranks.length
    const near = ranks.filter((rank) => rank <= relevant)
    queries += 1
    sums.precisionAt1 += first === 1 ? 1 : 0
    sums.rPrecision += near.length / relevant
    sums.mapAtR += sumOfPrecisions(near) / relevant
    sums.whole += sumOfPrecisions(ranks) / relevant
    sums.reciprocal += 1 / first
    ks.forEach((k, i) => (found[i] = (found[i] ?? 0) + (first <= k ? 1 : 0)))
  })
  if (queries === 0) return null
  return {
    queries,
    precisionAt1: sums.precisionAt1 / queries,
    rPrecision: sums.rPrecision / queries,
    mapAtR: sums.mapAtR / queries,
    meanAveragePrecision: sums.whole / queries,
    meanReciprocalRank: sums.reciprocal / queries,
    recallAt: found.map((count) => count / queries),
  }
}

/** Ranks of all images of the query's label, from 1, ascending. */
function hitRanks(request: RetrievalRequest, query: number): readonly number[] {
  const { queryLabels, galleryLabels, ownPlaceOf, closenessOf } = request
  const label = queryLabels[query] ?? -1
  if (label < 0) return []
  const own = ownPlaceOf(query)
  const closeness = closenessOf(query)
  const places = Array.from(galleryLabels, (_, place) => place).filter((place) => place !== own)
  places.sort((a, b) => (closeness[b] ?? 0) - (closeness[a] ?? 0) || a - b)
  return places.flatMap((place, i) => (galleryLabels[place] === label ? [i + 1] : []))
}

/** Σ precision@rank over the ranks of hits. */
function sumOfPrecisions(ranks: readonly number[]): number {
  return ranks.reduce((sum, rank, i) => sum + (i + 1) / rank, 0)
}
