import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'

/**
 * The labels whose mean directions are nearest to that of `label` in the picture, nearest first.
 * About the picture only, not about the embedding.
 */
export function nearestLabels(
  { ids, positions }: SphereFrame,
  labelOf: (id: ImageId) => number,
  label: number,
  count: number,
): readonly number[] {
  const sums = new Map<number, [number, number, number]>()
  ids.forEach((id, row) => {
    const sum = sums.get(labelOf(id)) ?? [0, 0, 0]
    for (const axis of [0, 1, 2] as const) sum[axis] += positions[3 * row + axis] ?? 0
    sums.set(labelOf(id), sum)
  })
  const own = sums.get(label)
  if (own === undefined) return []
  return [...sums]
    .filter(([other]) => other >= 0 && other !== label)
    .map(([other, sum]) => ({ other, cosine: cosineOf(own, sum) }))
    .sort((a, b) => b.cosine - a.cosine || a.other - b.other)
    .slice(0, count)
    .map(({ other }) => other)
}

function cosineOf(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, part, i) => sum + part * (b[i] ?? 0), 0)
  return dot / Math.max(1e-12, Math.hypot(...a) * Math.hypot(...b))
}
