import type { SphereFrame } from '../../../src-main/contract/sphere.ts'

/** The same picture, turned by a rotation, `[3, 3]` by rows. */
export function turned(frame: SphereFrame, matrix: readonly number[]): SphereFrame {
  const positions = new Float32Array(frame.positions.length)
  for (let start = 0; start < positions.length; start += 3)
    for (let row = 0; row < 3; row++) {
      let sum = 0
      for (let i = 0; i < 3; i++)
        sum += (matrix[3 * row + i] ?? 0) * (frame.positions[start + i] ?? 0)
      positions[start + row] = sum
    }
  return { ...frame, positions }
}

/** What two pictures have in common. */
export interface Shared {
  readonly both: number
  readonly onlyLeft: number
  readonly onlyRight: number
  /** Median angle between the two places of an image that both show; null where there is none. */
  readonly apartDegrees: number | null
}

export function sharedOf(left: SphereFrame, right: SphereFrame): Shared {
  const rows = new Map(Array.from(left.ids, (id, row) => [id, row]))
  const angles: number[] = []
  let both = 0
  right.ids.forEach((id, row) => {
    const other = rows.get(id)
    if (other === undefined) return
    both += 1
    let cosine = 0
    for (let i = 0; i < 3; i++)
      cosine += (left.positions[3 * other + i] ?? NaN) * (right.positions[3 * row + i] ?? NaN)
    if (Number.isFinite(cosine)) angles.push(Math.acos(Math.min(1, Math.max(-1, cosine))))
  })
  angles.sort((a, b) => a - b)
  const middle = angles[angles.length >> 1]
  return {
    both,
    onlyLeft: left.ids.length - both,
    onlyRight: right.ids.length - both,
    apartDegrees: middle === undefined ? null : (middle * 180) / Math.PI,
  }
}
