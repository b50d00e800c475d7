import { jacobi } from './jacobi.ts'

export interface Rotation {
  /** By rows, `[3, 3]`. */
  readonly matrix: readonly number[]
  /** Σ of the cosines between turned and fixed points. */
  readonly agreement: number
}

/**
 * The proper rotation, never a reflection, that turns points as near as possible to others: Kabsch's
 * problem, solved by Horn's quaternion (J. Opt. Soc. Am. A 4, 1987).
 *
 * @param h Σ point · otherᵀ, `[3, 3]`
 */
export function rotationOf(h: Float64Array): Rotation {
  const [xx = 0, xy = 0, xz = 0, yx = 0, yy = 0, yz = 0, zx = 0, zy = 0, zz = 0] = h
  // prettier-ignore
  const n = Float64Array.of(
    xx + yy + zz, yz - zy,      zx - xz,      xy - yx,
    yz - zy,      xx - yy - zz, xy + yx,      zx + xz,
    zx - xz,      xy + yx,      yy - xx - zz, yz + zy,
    xy - yx,      zx + xz,      yz + zy,      zz - xx - yy,
  )
  const { values, vectors } = jacobi(n, 4)
  const agreement = Math.max(...values)
  const best = values.indexOf(agreement)
  const [w = 1, x = 0, y = 0, z = 0] = [0, 1, 2, 3].map((i) => vectors[4 * i + best])
  // prettier-ignore
  const matrix = [
    w * w + x * x - y * y - z * z, 2 * (x * y - w * z),           2 * (x * z + w * y),
    2 * (x * y + w * z),           w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
    2 * (x * z - w * y),           2 * (y * z + w * x),           w * w - x * x - y * y + z * z,
  ]
  return { matrix, agreement }
}
