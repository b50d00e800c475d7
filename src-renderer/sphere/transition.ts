import type { FrameRows } from './frameRows.ts'
import { isSameIds, rowById } from './frameRows.ts'

/** Below this angle, in radians, a straight line is the great circle to float32. */
const tiny = 1e-4

/** Each row of `from` on its great circle towards the same row of `to`, at `t` in [0, 1]. */
export function slerpRows(from: Float32Array, to: Float32Array, t: number): Float32Array {
  const rows = new Float32Array(to.length)
  for (let i = 0; i + 2 < to.length; i += 3) {
    const ax = from[i] ?? 0
    const ay = from[i + 1] ?? 0
    const az = from[i + 2] ?? 0
    let bx = to[i] ?? 0
    let by = to[i + 1] ?? 0
    let bz = to[i + 2] ?? 0
    const cosine = Math.max(-1, Math.min(1, ax * bx + ay * by + az * bz))
    const angle = Math.acos(cosine)
    if (Math.PI - angle < tiny) {
      // Opposite ends: every great circle leads there, so half of the way by a fixed one.
      const [sx, sy, sz] = sideways(ax, ay, az)
      const turn = Math.PI * t
      rows[i] = ax * Math.cos(turn) + sx * Math.sin(turn)
      rows[i + 1] = ay * Math.cos(turn) + sy * Math.sin(turn)
      rows[i + 2] = az * Math.cos(turn) + sz * Math.sin(turn)
      continue
    }
    let a = 1 - t
    let b = t
    if (angle > tiny) {
      const sine = Math.sqrt(1 - cosine * cosine)
      a = Math.sin(a * angle) / sine
      b = Math.sin(b * angle) / sine
    }
    bx = a * ax + b * bx
    by = a * ay + b * by
    bz = a * az + b * bz
    const length = Math.hypot(bx, by, bz) || 1
    rows[i] = bx / length
    rows[i + 1] = by / length
    rows[i + 2] = bz / length
  }
  return rows
}

/** A unit vector at a right angle; the shader chooses the same one. */
function sideways(x: number, y: number, z: number): [number, number, number] {
  const [cx, cy, cz] = Math.abs(x) < 0.8 ? [0, z, -y] : [-z, 0, x]
  const length = Math.hypot(cx, cy, cz) || 1
  return [cx / length, cy / length, cz / length]
}

/**
 * Where the points of the next frame set out from, `[n, 3]`: where their id is shown now, or, for an
 * id that is not shown, where it will stand. Null when no id is shown already.
 */
export function startOf(shown: FrameRows, next: FrameRows): Float32Array | null {
  if (isSameIds(shown.ids, next.ids)) return next.ids.length > 0 ? shown.positions.slice() : null
  const rowOf = rowById(shown.ids)
  const start = next.positions.slice()
  let matches = 0
  next.ids.forEach((id, i) => {
    const row = rowOf.get(id)
    if (row === undefined) return
    start.set(shown.positions.subarray(3 * row, 3 * row + 3), 3 * i)
    matches++
  })
  return matches > 0 ? start : null
}

/** Gentle at both ends, for a point at rest. */
export function easeInOut(t: number): number {
  return t * t * (3 - 2 * t)
}

/** Quick at the start, for a point that was moving already. */
export function easeOut(t: number): number {
  return 1 - (1 - t) ** 3
}
