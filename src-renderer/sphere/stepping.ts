import { Vector3 } from 'three'
import type { Pose } from './eye.ts'
import { screenOf } from './projection.ts'

export interface Step {
  /** Row to set out from; null takes the point nearest to the middle of the view. */
  readonly from: number | null
  /** Unit step to the right and down, as seen. */
  readonly direction: readonly [number, number]
}

/** The way from image to image by keys: the next visible row of the near side in a direction. */
export function stepRow(
  positions: Float32Array,
  alphas: Uint8Array,
  pose: Pose,
  { from, direction: [right, down] }: Step,
): number | null {
  const { eye } = pose
  const point = new Vector3()
  const origin =
    from === null
      ? { x: eye.width / 2, y: eye.height / 2 }
      : screenOf(pose, point.fromArray(positions, 3 * from))
  let best: number | null = null
  let least = Infinity
  for (let row = 0; row < alphas.length; row++) {
    if (row === from || alphas[row] === 0) continue
    const place = screenOf(pose, point.fromArray(positions, 3 * row))
    if (!place.isFront) continue
    const x = place.x - origin.x
    const y = place.y - origin.y
    const along = x * right + y * down
    const across = Math.abs(x * down - y * right)
    if (from !== null && (along < 0.5 || across > along)) continue
    const cost = from === null ? Math.hypot(x, y) : along + 2 * across
    if (cost >= least) continue
    least = cost
    best = row
  }
  return best
}
