import { countOf } from './neighbours.ts'
import type { Rows } from './neighbours.ts'
import type { Axes } from './principalAxes.ts'
import { rotationOf } from './rotation.ts'

/**
 * Rows on the unit sphere: their coordinates along three axes, brought back to unit length. A row
 * without a direction there (zero, or not finite) stands at the first axis.
 *
 * @returns `[count, 3]`
 */
export function project(rows: Rows, axes: Axes): Float32Array {
  const count = countOf(rows)
  const positions = new Float32Array(3 * count)
  for (let i = 0; i < count; i++) {
    const [x, y, z] = coordinatesOf(rows, i, axes)
    const norm = Math.hypot(x, y, z)
    const isPlaced = norm > 1e-12 && Number.isFinite(norm)
    positions[3 * i] = isPlaced ? x / norm : 1
    positions[3 * i + 1] = isPlaced ? y / norm : 0
    positions[3 * i + 2] = isPlaced ? z / norm : 0
  }
  return positions
}

/** Share of the rows' squared length that lies along three axes, in [0, 1]; 1 for no rows. */
export function lengthShareOf(rows: Rows, axes: Axes): number {
  let kept = 0
  let all = 0
  for (let i = 0; i < countOf(rows); i++) {
    const [x, y, z] = coordinatesOf(rows, i, axes)
    const squares = rows.data
      .subarray(i * rows.dim, (i + 1) * rows.dim)
      .reduce((sum, value) => sum + value * value, 0)
    if (!Number.isFinite(squares)) continue
    kept += x * x + y * y + z * z
    all += squares
  }
  return all > 0 ? Math.min(kept / all, 1) : 1
}

/**
 * Turns axes inside their span so that the rows stand as near as possible to where the earlier axes
 * put them: what then moves has a reason.
 *
 * The sign of a principal axis means nothing, so of the picture and its mirror image the one is taken
 * that a rotation brings nearer; the wrong one would throw the points about by tens of degrees.
 */
export function alignAxes(rows: Rows, axes: Axes, earlier: Axes): Axes {
  const moved = project(rows, axes)
  const fixed = project(rows, earlier)
  const h = new Float64Array(9)
  for (let i = 0; i < moved.length; i += 3)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        h[3 * a + b] = (h[3 * a + b] ?? 0) + (moved[i + a] ?? 0) * (fixed[i + b] ?? 0)
  const rotation = nearestTurnOf(h)
  const { dim } = rows
  const aligned = new Float64Array(axes.length)
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++)
      for (let d = 0; d < dim; d++)
        aligned[a * dim + d] =
          (aligned[a * dim + d] ?? 0) + (rotation[3 * a + b] ?? 0) * (axes[b * dim + d] ?? 0)
  return aligned
}

/** The matrix that turns the first points of `h` = Σ first · secondᵀ onto the second, mirrored or not. */
function nearestTurnOf(h: Float64Array): readonly number[] {
  const plain = rotationOf(h)
  const mirrored = rotationOf(h.map((value, i) => (i < 3 ? -value : value)))
  if (mirrored.agreement <= plain.agreement) return plain.matrix
  return mirrored.matrix.map((value, i) => (i % 3 === 0 ? -value : value))
}

function coordinatesOf({ data, dim }: Rows, row: number, axes: Axes): [number, number, number] {
  let x = 0
  let y = 0
  let z = 0
  for (let d = 0; d < dim; d++) {
    const value = data[row * dim + d] as number
    x += value * (axes[d] as number)
    y += value * (axes[dim + d] as number)
    z += value * (axes[2 * dim + d] as number)
  }
  return [x, y, z]
}
