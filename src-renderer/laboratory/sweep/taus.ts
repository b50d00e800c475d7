/** Temperatures that make sense for a loss of unit rows. */
const [least, most] = [0.01, 1]
const factors = [1 / 4, 1 / 2, 1, 2, 4]

/** Five temperatures around a run's own, two digits each; fewer at the ends of the range. */
export function tausAround(own: number): readonly number[] {
  const all = factors.map((factor) =>
    Number(Math.min(most, Math.max(least, own * factor)).toPrecision(2)),
  )
  return [...new Set(all)]
}

/** What is wrong with a list that a person wrote; null if it can be swept. */
export function faultIn(temperatures: readonly number[]): string | null {
  if (temperatures.some((tau) => !(tau >= least && tau <= most)))
    return `Each τ is a number from ${least} to ${most}.`
  if (new Set(temperatures).size < temperatures.length) return 'Two of them are the same.'
  return null
}
