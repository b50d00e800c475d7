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

/**
 * Images that went furthest between the first and the last of some frames, the quickest first; those
 * that one of the two does not have are left out.
 */
export function quickestOf(
  frames: readonly Pick<SphereFrame, 'ids' | 'positions'>[],
  candidates: Iterable<ImageId>,
  most: number,
): readonly ImageId[] {
  const [first, last] = [frames[0], frames.at(-1)]
  if (first === undefined || last === undefined) return []
  const rowOf = new Map(Array.from(first.ids, (id, row) => [id, row]))
  const wanted = new Set(candidates)
  const ways = Array.from(last.ids, (id, row) => {
    const before = wanted.has(id) ? rowOf.get(id) : undefined
    if (before === undefined) return { id, square: NaN }
    let square = 0
    for (let d = 0; d < 3; d++)
      square +=
        ((first.positions[3 * before + d] ?? NaN) - (last.positions[3 * row + d] ?? NaN)) ** 2
    return { id, square }
  })
  return ways
    .filter(({ square }) => Number.isFinite(square))
    .sort((a, b) => b.square - a.square || a.id - b.id)
    .slice(0, most)
    .map(({ id }) => id)
}
