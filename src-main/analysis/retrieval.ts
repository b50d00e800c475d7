import type { Score } from '../contract/runs.ts'
import { nearestRows } from './neighbours.ts'

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
  const members = new Map<number, number>()
  const inGallery = new Set(gallery)
  for (const image of gallery) {
    const label = labels[image] ?? -1
    if (label >= 0) members.set(label, (members.get(label) ?? 0) + 1)
  }
  const relevantOf = (image: number) =>
    (members.get(labels[image] ?? -1) ?? 0) - (inGallery.has(image) ? 1 : 0)
  const queries = request.queries.filter((image) => relevantOf(image) > 0)
  if (queries.length === 0) return null

  // Queries of small labels first, so that a large label does not make long lists for all.
  const mostRelevant = 64
  const isSmall = (image: number) => relevantOf(image) <= mostRelevant
  let hitsAtOne = 0
  let precisions = 0
  for (const part of [queries.filter(isSmall), queries.filter((image) => !isSmall(image))]) {
    if (part.length === 0) continue
    const k = part.reduce((most, image) => Math.max(most, relevantOf(image)), 1)
    const { indices } = await nearestRows({ data: rows, dim }, k, part, gallery)
    part.forEach((query, q) => {
      const relevant = relevantOf(query)
      let hits = 0
      let sum = 0
      for (let rank = 0; rank < relevant; rank++) {
        const neighbour = indices[q * k + rank] ?? -1
        if (neighbour < 0 || labels[neighbour] !== labels[query]) continue
        hits += 1
        sum += hits / (rank + 1)
        if (rank === 0) hitsAtOne += 1
      }
      precisions += sum / relevant
    })
  }
  return {
    recallAt1: hitsAtOne / queries.length,
    mapAtR: precisions / queries.length,
    queries: queries.length,
  }
}
