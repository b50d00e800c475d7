import type { Pose } from './eye.ts'
import type { Cap, PointGrid } from './pointGrid.ts'
import { visitCap } from './pointGrid.ts'

export interface PickOptions {
  /** CSS pixels. */
  readonly radiusPx: number
  /** Points of the far side count where no point of the near side is within reach. */
  readonly isSeeThrough: boolean
  /** Rows with 0 here cannot be picked, `[n]`. */
  readonly alphas: Uint8Array
}

/** Row of the point whose picture is nearest to the pixel and within reach, or null. */
export function pickRow(
  grid: PointGrid,
  pose: Pose,
  [x, y]: readonly [number, number],
  options: PickOptions,
): number | null {
  const front = nearestIn(grid, pose, x, y, 'front', options)
  if (front !== null || !options.isSeeThrough) return front
  return nearestIn(grid, pose, x, y, 'far', options)
}

type Side = 'front' | 'far'

function nearestIn(
  grid: PointGrid,
  pose: Pose,
  x: number,
  y: number,
  side: Side,
  { radiusPx, alphas }: PickOptions,
): number | null {
  const cap = capUnder(pose, x, y, radiusPx, side)
  if (cap === null) return null
  const { eye, right, up, towards } = pose
  const { positions, order } = grid
  const dx = x - eye.width / 2
  const dy = eye.height / 2 - y
  let best: number | null = null
  let reach = radiusPx ** 2
  visitCap(grid, cap, (first, end) => {
    for (let at = first; at < end; at++) {
      const px = positions[3 * at] ?? 0
      const py = positions[3 * at + 1] ?? 0
      const pz = positions[3 * at + 2] ?? 0
      const depth = towards.x * px + towards.y * py + towards.z * pz
      if (depth * eye.distance >= 1 !== (side === 'front')) continue
      const scale = eye.focal / (eye.distance - depth)
      const offX = scale * (right.x * px + right.y * py + right.z * pz) - dx
      const offY = scale * (up.x * px + up.y * py + up.z * pz) - dy
      const away = offX * offX + offY * offY
      if (away > reach) continue
      const row = order[at] ?? 0
      // At the same place the later row wins, since it is drawn on top.
      if ((alphas[row] ?? 0) === 0 || (away === reach && best !== null && row < best)) continue
      reach = away
      best = row
    }
  })
  return best
}

/**
 * A cap of the ball, in its own coordinates, that holds every point of one side whose picture lies
 * within `radiusPx` of the pixel. Null where there can be none.
 */
function capUnder(
  { eye, right, up, towards }: Pose,
  x: number,
  y: number,
  radiusPx: number,
  side: Side,
): Cap | null {
  const dx = x - eye.width / 2
  const dy = eye.height / 2 - y
  const off = Math.hypot(dx, dy)
  // Seen from the eye: the widest angle that the radius can span, and the angles off the axis.
  const spread = 2 * Math.atan(radiusPx / 2 / eye.focal)
  const angle = Math.atan(off / eye.focal)
  const outline = Math.asin(1 / eye.distance)
  if (angle - spread > outline) return null
  const inner = polarOf(eye.distance, Math.max(0, angle - spread), side)
  const outer = polarOf(eye.distance, Math.min(outline, angle + spread), side)
  const low = Math.min(inner, outer)
  const high = Math.max(inner, outer)
  const slack = 1e-5
  if (angle <= spread) {
    const pole = side === 'front' ? 1 : -1
    const radius = (side === 'front' ? high : Math.PI - low) + slack
    return { x: pole * towards.x, y: pole * towards.y, z: pole * towards.z, radius }
  }
  const turn = Math.asin(Math.min(1, Math.sin(spread) / Math.sin(angle)))
  const widest =
    low < Math.PI / 2 && high > Math.PI / 2 ? 1 : Math.max(Math.sin(low), Math.sin(high))
  const middle = (low + high) / 2
  const along = Math.cos(middle)
  const across = Math.sin(middle) / off
  return {
    x: along * towards.x + across * (dx * right.x + dy * up.x),
    y: along * towards.y + across * (dx * right.y + dy * up.y),
    z: along * towards.z + across * (dx * right.z + dy * up.z),
    radius: (high - low) / 2 + turn * widest + slack,
  }
}

/** Angle at the ball's centre between the eye and the point that a ray off the axis meets. */
function polarOf(distance: number, angle: number, side: Side): number {
  const slant = Math.asin(Math.min(1, distance * Math.sin(angle)))
  return (side === 'front' ? slant : Math.PI - slant) - angle
}
