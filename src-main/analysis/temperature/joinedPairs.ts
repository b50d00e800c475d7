import type { VerdictGroups } from '../../contract/verdictGroups.ts'

/** A pair of images. */
export interface PairPlaces {
  readonly first: number
  readonly second: number
}

/**
 * Calls pairs the same, one after the other, and names every pair that becomes one thing by it, those that
 * follow included; pairs that already are one are not named, nor those that would contradict. There may be
 * millions, so they are not listed.
 *
 * @param groups take the pairs in
 * @param use hears of each pair once
 */
export function joinPairs(
  groups: VerdictGroups,
  pairs: readonly PairPlaces[],
  use: (first: number, second: number) => void,
): void {
  for (const { first, second } of pairs) {
    if (groups.isSame(first, second)) continue
    const [ofFirst, ofSecond] = [groups.membersOf(first), groups.membersOf(second)]
    if (!groups.add({ a: first, b: second, verdict: 'same' })) continue
    for (const i of ofFirst) for (const j of ofSecond) use(i, j)
  }
}
