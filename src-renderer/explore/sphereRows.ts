import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'

/** An image in the table that says what the sphere shows. */
export interface SphereRow {
  readonly id: ImageId
  /** Degrees north of the equator and east of the front; null for an image without a place. */
  readonly place: { readonly north: number; readonly east: number } | null
}

export function sphereRows({
  ids,
  positions,
}: Pick<SphereFrame, 'ids' | 'positions'>): SphereRow[] {
  return Array.from(ids, (id, i) => {
    const [x = NaN, y = NaN, z = NaN] = positions.subarray(3 * i, 3 * i + 3)
    const length = Math.hypot(x, y, z)
    if (!(length > 1e-12 && length < Infinity)) return { id, place: null }
    const north = (Math.asin(Math.max(-1, Math.min(1, y / length))) * 180) / Math.PI
    return { id, place: { north, east: (Math.atan2(x, z) * 180) / Math.PI } }
  })
}
