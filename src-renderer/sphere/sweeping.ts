import { Vector3 } from 'three'
import type { Pose } from './eye.ts'
import { screenOf } from './projection.ts'

export type SweepMode = 'replace' | 'add' | 'remove'

/** Corners of an area of the view, in pixels from its upper left corner. */
export type Area = readonly (readonly [x: number, y: number])[]

export function boxOf(x0: number, y0: number, x1: number, y1: number): Area {
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ]
}

/** Visible rows inside an area; those of the far side only where the ball is seen through. */
export function rowsWithin(
  positions: Float32Array,
  alphas: Uint8Array,
  pose: Pose,
  { area, isSeeThrough }: { readonly area: Area; readonly isSeeThrough: boolean },
): number[] {
  const point = new Vector3()
  const rows: number[] = []
  for (let row = 0; row < alphas.length; row++) {
    if (alphas[row] === 0) continue
    const { x, y, isFront } = screenOf(pose, point.fromArray(positions, 3 * row))
    if ((isFront || isSeeThrough) && isInside(area, x, y)) rows.push(row)
  }
  return rows
}

/** Even–odd rule: a ray to the right crosses the border an odd number of times. */
function isInside(area: Area, x: number, y: number): boolean {
  let isOdd = false
  let [beforeX, beforeY] = area.at(-1) ?? [0, 0]
  for (const [cornerX, cornerY] of area) {
    if (cornerY > y !== beforeY > y) {
      const crossing = cornerX + ((y - cornerY) * (beforeX - cornerX)) / (beforeY - cornerY)
      if (x < crossing) isOdd = !isOdd
    }
    beforeX = cornerX
    beforeY = cornerY
  }
  return isOdd
}
