import { Vector3 } from 'three'
import type { Pose } from './eye.ts'
import { discsOf, offDisc, onDisc } from './hemispheres.ts'
import type { Half } from './hemispheres.ts'
import type { Cap, PointGrid } from './pointGrid.ts'
import { visitCap } from './pointGrid.ts'
import { screenOf } from './projection.ts'
import type { ScreenPoint } from './projection.ts'

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
  const search = { grid, pose, x, y, options }
  if (pose.eye.flatness >= 0.5) {
    const caps = [capOnDisc('near', search), capOnDisc('far', search)]
    return nearestIn(search, caps, ({ isFront }) => isFront)
  }
  const { radiusPx, isSeeThrough } = options
  const front = nearestIn(
    search,
    [capUnder(pose, x, y, radiusPx, 'front')],
    ({ isFront }) => isFront,
  )
  if (front !== null || !isSeeThrough) return front
  return nearestIn(search, [capUnder(pose, x, y, radiusPx, 'far')], ({ isFront }) => !isFront)
}

type Side = 'front' | 'far'

interface Search {
  readonly grid: PointGrid
  readonly pose: Pose
  readonly x: number
  readonly y: number
  readonly options: PickOptions
}

/** Among the points of some caps, which may share points. */
function nearestIn(
  { grid, pose, x, y, options: { radiusPx, alphas } }: Search,
  caps: readonly (Cap | null)[],
  isMeant: (place: ScreenPoint) => boolean,
): number | null {
  const { positions, order } = grid
  const point = new Vector3()
  let best: number | null = null
  let reach = radiusPx ** 2
  const look = (first: number, end: number): void => {
    for (let at = first; at < end; at++) {
      const place = screenOf(pose, point.fromArray(positions, 3 * at))
      const away = (place.x - x) ** 2 + (place.y - y) ** 2
      if (away > reach || !isMeant(place)) continue
      const row = order[at] ?? 0
      // At the same place the later row wins, since it is drawn on top.
      if ((alphas[row] ?? 0) === 0 || (away === reach && best !== null && row < best)) continue
      reach = away
      best = row
    }
  }
  for (const cap of caps) if (cap !== null) visitCap(grid, cap, look)
  return best
}

/**
 * A cap, in the ball's coordinates, that holds every point of a half whose picture lies within reach.
 * A step on the disc is at most twice as long on the ball: at the rim, away from the middle.
 */
function capOnDisc(half: Half, { pose, x, y, options: { radiusPx } }: Search): Cap | null {
  const { eye, right, up, towards } = pose
  const reach = radiusPx / discsOf(eye).radius
  if (offDisc(eye, x, y, half) > 1 + reach) return null
  const seen = onDisc(eye, x, y, half)
  const middle = new Vector3()
    .addScaledVector(right, seen.x)
    .addScaledVector(up, seen.y)
    .addScaledVector(towards, seen.z)
  return { x: middle.x, y: middle.y, z: middle.z, radius: Math.min(Math.PI, 2 * reach + 1e-5) }
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
