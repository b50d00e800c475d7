/**
 * Which epoch of the right run stands beside the one that is shown on the left.
 *
 * - `epoch`: the same one, or the last before it
 * - `share`: where the same share of its training was done, for runs of different lengths
 * - `fixed`: one that stays
 */
export type Pace = 'epoch' | 'share' | 'fixed'

/** Epochs of a run that have a picture, ascending, and how many it trains in all. */
export interface RunLength {
  readonly embedded: readonly number[]
  readonly epochs: number
}

/** @returns null where the right run has no picture */
export function epochBeside(
  shown: number,
  {
    pace,
    left,
    right,
    fixed,
  }: {
    readonly pace: Pace
    readonly left: RunLength
    readonly right: RunLength
    readonly fixed: number
  },
): number | null {
  const { embedded } = right
  switch (pace) {
    case 'epoch':
      return embedded.findLast((epoch) => epoch <= shown) ?? embedded[0] ?? null
    case 'fixed':
      return nearestOf(embedded, fixed)
    case 'share':
      return nearestOf(embedded, (shown / Math.max(left.epochs, 1)) * right.epochs)
    default:
      return pace satisfies never
  }
}

/** The lower one of two that are as near. */
function nearestOf(epochs: readonly number[], target: number): number | null {
  let best: number | null = null
  for (const epoch of epochs)
    if (best === null || Math.abs(epoch - target) < Math.abs(best - target)) best = epoch
  return best
}
