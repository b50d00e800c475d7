import type { LabelTwins } from '../../contract/labelErrors.ts'
import type { NearestNeighbours } from '../nearestNeighbours.ts'

/** Images that a label needs, for its neighbours to mean something. */
const fewestImages = 3

/** Pairs below this are two things. */
const leastMixing = 0.6

/**
 * Pairs of labels whose images lie among each other: of the neighbours that an image of one of the two has
 * among both, the part that has the other name, by the part that it would be were the names dealt at
 * random. One thing under two names gives about 1.
 */
export function labelTwins(
  { ids, k }: NearestNeighbours,
  labels: Int32Array,
  labelCount: number,
): readonly LabelTwins[] {
  const sizes = new Int32Array(labelCount)
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1
  /** Neighbours of images of one label that have another, `[label][other]`. */
  const links = Array.from({ length: labelCount }, () => new Map<number, number>())
  labels.forEach((label, i) => {
    for (const j of ids.subarray(i * k, (i + 1) * k)) {
      const other = labels[j] ?? -1
      if (j < 0 || other < 0) continue
      const of = links[label]
      of?.set(other, (of.get(other) ?? 0) + 1)
    }
  })
  const between = (a: number, b: number) => links[a]?.get(b) ?? 0
  const twins: LabelTwins[] = []
  links.forEach((others, first) => {
    for (const second of new Set([...others.keys()])) {
      const [m, n] = [sizes[first] ?? 0, sizes[second] ?? 0]
      if (second <= first || m < fewestImages || n < fewestImages) continue
      const ofFirst =
        between(first, second) / Math.max(between(first, first) + between(first, second), 1)
      const ofSecond =
        between(second, first) / Math.max(between(second, second) + between(second, first), 1)
      const expectedFirst = n / (m + n - 1)
      const expectedSecond = m / (m + n - 1)
      const mixing = Math.min(ofFirst / expectedFirst, ofSecond / expectedSecond)
      if (mixing >= leastMixing) twins.push({ first, second, mixing, images: m + n })
    }
  })
  return twins.sort((a, b) => b.mixing - a.mixing || b.images - a.images)
}
