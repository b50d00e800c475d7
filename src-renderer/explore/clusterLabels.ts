import type { ImageId } from '../../src-main/contract/images.ts'

/**
 * Labels that a cluster says are one: those that have most of their images in it, the most frequent
 * one first.
 *
 * @param counts images of each label in all
 */
export function labelsInside(
  images: Int32Array,
  labelOf: (id: ImageId) => number,
  counts: Int32Array,
): readonly number[] {
  const inside = new Map<number, number>()
  for (const id of images) {
    const label = labelOf(id)
    if (label >= 0) inside.set(label, (inside.get(label) ?? 0) + 1)
  }
  return [...inside]
    .filter(([label, count]) => 2 * count > (counts[label] ?? 0))
    .sort(([a, manyA], [b, manyB]) => manyB - manyA || a - b)
    .map(([label]) => label)
}
