/**
 * How far each row moved, in degrees: the angle between unit vectors of the same index, in float64 and
 * true also where it is tiny.
 *
 * @param before `[n, dim]`
 * @param after `[n, dim]`
 * @returns `[n]`; NaN where one of the two is not finite
 */
export function motionsOf(before: Float32Array, after: Float32Array, dim: number): Float32Array {
  const motions = new Float32Array(dim > 0 ? after.length / dim : 0)
  for (let i = 0; i < motions.length; i++) {
    let square = 0
    for (let d = i * dim; d < (i + 1) * dim; d++)
      square += ((before[d] as number) - (after[d] as number)) ** 2
    motions[i] = (2 * Math.asin(Math.min(1, Math.sqrt(square) / 2)) * 180) / Math.PI
  }
  return motions
}
