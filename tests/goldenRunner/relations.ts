import { relationOf } from '../../src-main/losses/relation.ts'
import type { Relation } from '../../src-main/losses/relation.ts'

/** Equal labels are positives; any whole number is a label. */
export function labelled(labels: readonly number[]): Relation {
  const places = new Map([...new Set(labels)].sort((a, b) => a - b).map((label, i) => [label, i]))
  return relationOf('metric', {
    images: Int32Array.from(labels, (_, i) => i),
    labels: Int32Array.from(labels, (label) => places.get(label) ?? -1),
  })
}

/** Rows [views 1; views 2] of `count` images. */
export function twoViews(count: number): Relation {
  const images = Int32Array.from({ length: 2 * count }, (_, i) => i % count)
  return relationOf('contrastive', { images, labels: new Int32Array(2 * count).fill(-1) })
}
