import type { SphereFrame, SphereTurn } from '../contract/sphere.ts'
import { rotationOf } from './rotation.ts'

type Placed = Pick<SphereFrame, 'ids' | 'positions'>

/**
 * The rotation that lays one picture over another, so that images that both show lie as near as possible;
 * never a reflection. Images whose place is not finite are passed over.
 *
 * @returns null where no image is in both
 */
export function turnBetween(moving: Placed, fixed: Placed): SphereTurn | null {
  const rows = new Map(Array.from(fixed.ids, (id, row) => [id, row]))
  const h = new Float64Array(9)
  let shared = 0
  moving.ids.forEach((id, row) => {
    const other = rows.get(id)
    if (other === undefined) return
    const from = moving.positions.subarray(3 * row, 3 * row + 3)
    const to = fixed.positions.subarray(3 * other, 3 * other + 3)
    if (!from.every(Number.isFinite) || !to.every(Number.isFinite)) return
    shared += 1
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        h[3 * i + j] = (h[3 * i + j] as number) + (from[i] as number) * (to[j] as number)
  })
  return shared === 0 ? null : { matrix: rotationOf(h).matrix, shared }
}
