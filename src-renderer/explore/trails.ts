import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'

/** Where one image stood, the oldest place first. */
export interface Trail {
  readonly id: ImageId
  /** `[m, 3]`, m > 1. */
  readonly places: Float32Array
}

/**
 * Ways of images through frames of one view, the oldest first; an image is left out of those frames
 * that do not have it or have no place for it.
 */
export function trailsOf(
  frames: readonly Pick<SphereFrame, 'ids' | 'positions'>[],
  images: ReadonlySet<ImageId>,
): readonly Trail[] {
  const places = new Map<ImageId, number[]>()
  for (const { ids, positions } of frames)
    ids.forEach((id, i) => {
      if (!images.has(id)) return
      const place = positions.subarray(3 * i, 3 * i + 3)
      if (!place.every(Number.isFinite)) return
      const known = places.get(id)
      if (known === undefined) places.set(id, [...place])
      else known.push(...place)
    })
  return [...places].flatMap(([id, way]) =>
    way.length > 3 ? [{ id, places: Float32Array.from(way) }] : [],
  )
}
