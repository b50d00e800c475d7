/** When two that were near parted for good, or two that were apart joined. */
export interface Turning {
  readonly kind: 'parted' | 'joined'
  /** Place of the first epoch after it. */
  readonly place: number
  /** Mean cosine before and after. */
  readonly before: number
  readonly after: number
}

/** Less is coming and going. */
const leastChange = 0.15

/** The place that divides a curve into two levels that differ most; null where it has one level. */
export function turningOf(cosines: Float32Array): Turning | null {
  const mean = (values: Float32Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  let found: Turning | null = null
  let most = 0
  for (let place = 1; place < cosines.length; place++) {
    const before = mean(cosines.subarray(0, place))
    const after = mean(cosines.subarray(place))
    // What a step explains of the curve's variance: a lone odd epoch at an end is no turning.
    const explained = (after - before) ** 2 * place * (cosines.length - place)
    if (!(explained > most && Math.abs(after - before) >= leastChange)) continue
    most = explained
    found = { kind: after < before ? 'parted' : 'joined', place, before, after }
  }
  return found
}
