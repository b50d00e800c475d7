/**
 * Running mean with a half-life of `halfLife` values, without the pull towards 0 at the start. Gaps
 * (null, NaN) stay gaps and are skipped.
 */
export function smoothed(values: readonly number[], halfLife: number): number[] {
  const decay = 0.5 ** (1 / Math.max(1, halfLife))
  let mean = 0
  let weight = 0
  return values.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN
    mean = decay * mean + (1 - decay) * value
    weight = decay * weight + (1 - decay)
    return mean / weight
  })
}
