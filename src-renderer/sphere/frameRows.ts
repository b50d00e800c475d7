/** The rows of a frame that can be drawn: finite, not zero, made unit length. */
export interface FrameRows {
  /** `[n]` */
  readonly ids: Int32Array
  /** `[n, 3]` */
  readonly positions: Float32Array
  /** Row of the frame that each came from, `[n]`. */
  readonly sources: Int32Array
}

export const noRows: FrameRows = {
  ids: new Int32Array(0),
  positions: new Float32Array(0),
  sources: new Int32Array(0),
}

export function rowsOf(ids: Int32Array, positions: Float32Array): FrameRows {
  const given = Math.min(ids.length, Math.floor(positions.length / 3))
  const kept = {
    ids: new Int32Array(given),
    positions: new Float32Array(given * 3),
    sources: new Int32Array(given),
  }
  let n = 0
  for (let i = 0; i < given; i++) {
    const x = positions[3 * i] ?? NaN
    const y = positions[3 * i + 1] ?? NaN
    const z = positions[3 * i + 2] ?? NaN
    const length = Math.hypot(x, y, z)
    if (!(length > 1e-12 && length < Infinity)) continue
    kept.ids[n] = ids[i] ?? 0
    kept.sources[n] = i
    kept.positions[3 * n] = x / length
    kept.positions[3 * n + 1] = y / length
    kept.positions[3 * n + 2] = z / length
    n++
  }
  if (n === given) return kept
  return {
    ids: kept.ids.subarray(0, n),
    positions: kept.positions.subarray(0, 3 * n),
    sources: kept.sources.subarray(0, n),
  }
}

export function rowById(ids: Int32Array): Map<number, number> {
  const rows = new Map<number, number>()
  ids.forEach((id, row) => rows.set(id, row))
  return rows
}

export function isSameIds(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}
