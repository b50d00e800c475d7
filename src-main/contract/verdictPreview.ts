import { SameChains } from './contradictions.ts'
import type { ImageId } from './images.ts'
import type { Verdict } from './journal.ts'
import { doesJoin, VerdictGroups } from './verdictGroups.ts'

/** What a verdict would bring with it, as “same” is handed on from pair to pair. */
export interface VerdictPreview {
  /** “Same”: images that would then be one thing, ascending; else those that the two stand for. */
  readonly images: readonly ImageId[]
  /** Pairs that would be decided with it and are not yet; the pair itself is not counted. */
  readonly following: number
  /** Verdicts that say otherwise: chains of “same”, or pairs called different. */
  readonly against: readonly Verdict[]
}

/** @param verdicts all that hold; what was said of the pair itself is as if taken back */
export function previewVerdict(verdicts: readonly Verdict[], wanted: Verdict): VerdictPreview {
  const others = verdicts.filter(({ a, b }) => a !== wanted.a || b !== wanted.b)
  const groups = VerdictGroups.of(others)
  const [first, second] = [groups.membersOf(wanted.a), groups.membersOf(wanted.b)]
  const isOne = groups.isSame(wanted.a, wanted.b)
  if (!doesJoin(wanted) && wanted.verdict !== 'different')
    return { images: ascending([wanted.a, wanted.b]), following: 0, against: [] }
  const images = isOne ? first : ascending([...first, ...second])
  const isKnown = isOne || groups.isDifferent(wanted.a, wanted.b)
  return {
    images,
    following: isKnown ? 0 : first.length * second.length - 1,
    against: doesJoin(wanted)
      ? differencesBetween(new Set(first), new Set(second), others)
      : new SameChains(others).between(wanted.a, wanted.b),
  }
}

function differencesBetween(
  first: ReadonlySet<ImageId>,
  second: ReadonlySet<ImageId>,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  return verdicts.filter(
    ({ a, b, verdict }) =>
      verdict === 'different' &&
      ((first.has(a) && second.has(b)) || (first.has(b) && second.has(a))),
  )
}

function ascending(images: readonly ImageId[]): readonly ImageId[] {
  return images.toSorted((a, b) => a - b)
}
