import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'

/** A cluster as a round patch of the ball. */
export interface ClusterCap {
  readonly number: number
  /** Unit vector. */
  readonly direction: readonly [number, number, number]
  /** Radians: the angle whose cosine its images have with its middle in the mean. */
  readonly radius: number
}

/** A cluster that is spread wider than this in the picture is no patch. */
const widest = Math.PI / 3

/** Of the picture only: one standard deviation around the mean direction of each cluster. */
export function clusterCaps(
  { ids, positions }: Pick<SphereFrame, 'ids' | 'positions'>,
  numberOf: (id: ImageId) => number,
): readonly ClusterCap[] {
  const sums = new Map<number, { x: number; y: number; z: number; count: number }>()
  ids.forEach((id, i) => {
    const number = numberOf(id)
    const [x = NaN, y = NaN, z = NaN] = positions.subarray(3 * i, 3 * i + 3)
    if (number < 0 || !Number.isFinite(x + y + z)) return
    const sum = sums.get(number) ?? { x: 0, y: 0, z: 0, count: 0 }
    sums.set(number, { x: sum.x + x, y: sum.y + y, z: sum.z + z, count: sum.count + 1 })
  })
  return [...sums].flatMap(([number, { x, y, z, count }]): ClusterCap[] => {
    const length = Math.hypot(x, y, z)
    if (count < 2 || length < 1e-6) return []
    const radius = Math.max(0.02, Math.acos(Math.min(1, length / count)))
    if (radius > widest) return []
    return [{ number, direction: [x / length, y / length, z / length], radius }]
  })
}
