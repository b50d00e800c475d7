import type { ImageId } from './images.ts'
import type { Verdict, VerdictKind } from './journal.ts'
import type { Suspect } from './suspects.ts'
import { VerdictGroups } from './verdictGroups.ts'

/** Pairs that one verdict can be applied to as well. */
export interface SimilarPairs {
  readonly pairs: readonly Suspect[]
  /** Similar ones that are left out, since the verdict would contradict others there. */
  readonly contradicting: number
}

/** How far two cosines may lie apart. */
const nearCosine = 0.05
/** How far apart two pairs may stand in the order of suspicion, as a part of it, and at least. */
const [nearPart, nearLeast] = [0.1, 20]

/**
 * Open pairs of the same kind between the same two clusters and the same two labels, of a similar score:
 * near in the order of suspicion, which is all that a score means, and in cosine.
 *
 * @param suspects the most suspected first
 * @param known verdicts that hold, that on the pair itself included
 * @param labelOf an image, −1 for none
 */
export function similarPairs(
  judged: Suspect,
  verdict: Verdict['verdict'],
  options: {
    readonly suspects: readonly Suspect[]
    readonly known: readonly Verdict[]
    readonly verdictOf: (pair: Suspect) => VerdictKind
    readonly labelOf: (image: ImageId) => number
  },
): SimilarPairs {
  const { suspects, known, verdictOf, labelOf } = options
  const place = suspects.indexOf(judged)
  const reach = Math.max(nearLeast, nearPart * suspects.length)
  const key = keyOf(judged, labelOf)
  const similar = suspects.filter(
    (pair, at) =>
      pair !== judged &&
      Math.abs(at - place) <= reach &&
      Math.abs(pair.cosine - judged.cosine) <= nearCosine &&
      verdictOf(pair) === 'none' &&
      keyOf(pair, labelOf) === key,
  )
  const groups = VerdictGroups.of(known)
  const pairs = similar.filter(({ first, second }) =>
    groups.add({ a: Math.min(first, second), b: Math.max(first, second), verdict }),
  )
  return { pairs, contradicting: similar.length - pairs.length }
}

function keyOf(
  { kind, clusters, first, second }: Suspect,
  labelOf: (image: ImageId) => number,
): string {
  const labels = [labelOf(first), labelOf(second)].sort((a, b) => a - b)
  return [kind, ...clusters, ...labels].join(' ')
}
