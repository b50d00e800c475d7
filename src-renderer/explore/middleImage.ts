import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'

/** The image nearest to the mean direction of all; null where there are none, or no such direction. */
export function middleImage({ ids, positions }: SphereFrame): ImageId | null {
  const mean: [number, number, number] = [0, 0, 0]
  positions.forEach((part, i) => {
    mean[(i % 3) as 0 | 1 | 2] += part
  })
  if (Math.hypot(...mean) < 1e-6 * Math.max(1, ids.length)) return null
  let best = -Infinity
  let middle: ImageId | null = null
  ids.forEach((id, row) => {
    const cosine = mean.reduce(
      (sum, part, axis) => sum + part * (positions[3 * row + axis] ?? 0),
      0,
    )
    if (cosine > best) {
      best = cosine
      middle = id
    }
  })
  return middle
}
