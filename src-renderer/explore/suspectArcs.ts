import type { Suspect } from '../../src-main/contract/suspects.ts'
import type { SphereArc } from '../sphere/neighbourArcs.ts'

/** Where the least suspected of the pairs that are shown fades to. */
const faintest = 0.4

/** Yellow arcs for suspected pairs, in their order: the first is the plainest. */
export function suspectArcs(
  pairs: readonly Pick<Suspect, 'first' | 'second'>[],
): readonly SphereArc[] {
  const last = Math.max(1, pairs.length - 1)
  return pairs.map(({ first, second }, place) => ({
    from: first,
    to: second,
    kind: 'suspect',
    strength: 1 - (1 - faintest) * (place / last),
  }))
}
