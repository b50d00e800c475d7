import { Vector3 } from 'three'
import { arcLift } from './arcs.ts'
import type { ArcRows } from './arcs.ts'
import type { Pose } from './eye.ts'
import type { ScreenPoint } from './projection.ts'
import { screenOf } from './projection.ts'
import { slerpRows } from './transition.ts'

/** Straight pieces that stand for an arc when a hand points at it. */
const pieces = 32

export interface ArcPickOptions {
  /** CSS pixels. */
  readonly radiusPx: number
  readonly isSeeThrough: boolean
}

/**
 * Place of the suspected pair whose arc runs nearest to the pixel and within reach, or null. Only
 * what faces the eye counts, unless the ball is seen through.
 *
 * @param positions `[n, 3]`, as they are shown
 */
export function pickArc(
  arcs: readonly ArcRows[],
  positions: Float32Array,
  pose: Pose,
  [x, y]: readonly [number, number],
  { radiusPx, isSeeThrough }: ArcPickOptions,
): number | null {
  let best: number | null = null
  let reach = radiusPx
  const lift = arcLift(pose.eye)
  arcs.forEach((arc, place) => {
    if (arc.kind !== 'suspect') return
    const way = arcWay(positions, arc, lift)
    if (isFarOff(way, pose, x, y, radiusPx)) return
    let before: ScreenPoint | null = null
    for (let i = 0; i <= pieces; i++) {
      const point = way.at(i / pieces)
      const { isFront } = screenOf(pose, point.clone().normalize())
      const here: ScreenPoint = { ...screenOf(pose, point), isFront }
      const isSeen = isSeeThrough || (isFront && before?.isFront === true)
      if (before !== null && isSeen && before.sheet === here.sheet) {
        const away = distanceToPiece(x, y, before, here)
        if (away <= reach) {
          reach = away
          best = place
        }
      }
      before = here
    }
  })
  return best
}

/** An arc as the shader draws it: a great circle whose middle stands off the ball. */
export interface ArcWay {
  /** Between its ends, radians. */
  readonly angle: number
  /** A point of it in the ball's coordinates, t in [0, 1]. */
  readonly at: (t: number) => Vector3
}

export function arcWay(
  positions: Float32Array,
  { from, to }: Pick<ArcRows, 'from' | 'to'>,
  lift: number,
): ArcWay {
  const a = positions.subarray(3 * from, 3 * from + 3)
  const b = positions.subarray(3 * to, 3 * to + 3)
  const start = new Vector3().fromArray(a)
  const angle = start.angleTo(new Vector3().fromArray(b))
  const height = lift * Math.min(1, angle)
  return {
    angle,
    at: (t) => new Vector3().fromArray(slerpRows(a, b, t)).setLength(1 + height * 4 * t * (1 - t)),
  }
}

/** On the ball, no point of an arc is further from its middle than half of its length, as seen from near by. */
function isFarOff(way: ArcWay, pose: Pose, x: number, y: number, radiusPx: number): boolean {
  const { eye } = pose
  // On flat discs its ends may lie on different ones.
  if (eye.flatness > 0) return false
  const middle = screenOf(pose, way.at(0.5))
  const scale = eye.focal / Math.max(0.02, eye.distance - 1 - arcLift(eye))
  const half = (way.angle / 2 + arcLift(eye)) * scale
  return Math.hypot(middle.x - x, middle.y - y) > half + radiusPx
}

interface Place {
  readonly x: number
  readonly y: number
}

function distanceToPiece(x: number, y: number, a: Place, b: Place): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const square = dx * dx + dy * dy
  const t = square === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / square
  const held = Math.max(0, Math.min(1, t))
  return Math.hypot(a.x + held * dx - x, a.y + held * dy - y)
}
