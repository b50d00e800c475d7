import type { VerdictGroups } from '../../contract/verdictGroups.ts'

/** A pair of images. */
export interface PairPlaces {
  readonly first: number
  readonly second: number
}

/**
 * Calls pairs the same, one after the other, and lists every pair that becomes one thing by it, those that
 * follow included; pairs that already are one are not listed, nor those that would contradict.
 *
 * @param groups take the pairs in
 */
export function joinPairs(
  groups: VerdictGroups,
  pairs: readonly PairPlaces[],
): readonly PairPlaces[] {
  return pairs.flatMap(({ first, second }) => {
    if (groups.isSame(first, second)) return []
    const [ofFirst, ofSecond] = [groups.membersOf(first), groups.membersOf(second)]
    if (!groups.add({ a: first, b: second, verdict: 'same' })) return []
    return ofFirst.flatMap((i) => ofSecond.map((j) => ({ first: i, second: j })))
  })
}
