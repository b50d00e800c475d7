import type { JudgedPair } from '../contract/compute.ts'
import type { ImageId } from '../contract/images.ts'
import type { Verdict, VerdictKind } from '../contract/journal.ts'
import { doesJoin, VerdictGroups } from '../contract/verdictGroups.ts'

/** What a verdict means for training; null: nothing. The same picture twice is the same thing. */
const meanings: Readonly<Record<Exclude<VerdictKind, 'none'>, JudgedPair['verdict'] | null>> = {
  same: 'same',
  duplicate: 'same',
  different: 'different',
  ignore: 'ignore',
  later: null,
}

/**
 * Verdicts by place among the images of a run. Those on images that it does not have are left out, but not
 * what follows from them for images that it has: a chain of “same” leads over an excluded image, too. What
 * follows comes first, so that what was said of a pair itself replaces it.
 *
 * @param ids of the run's images, in their order
 */
export function judgedPairs(verdicts: readonly Verdict[], ids: Int32Array): readonly JudgedPair[] {
  const places = new Map(Array.from(ids, (id, place) => [id, place]))
  const missing = verdicts.filter(({ a, b }) => !places.has(a) || !places.has(b))
  return [...followingFrom(missing, verdicts, places), ...verdicts].flatMap(
    ({ a, b, verdict: kind }) => {
      const [first, second] = [places.get(a), places.get(b)]
      const verdict = meanings[kind]
      if (first === undefined || second === undefined || verdict === null) return []
      return [{ first, second, verdict }]
    },
  )
}

/** Verdicts on images of the run that stand for those on images that it does not have. */
function followingFrom(
  missing: readonly Verdict[],
  verdicts: readonly Verdict[],
  places: ReadonlyMap<ImageId, number>,
): readonly Verdict[] {
  if (missing.length === 0) return []
  const groups = VerdictGroups.of(verdicts)
  const presentWith = (image: ImageId) =>
    groups.membersOf(image).filter((member) => places.has(member))
  const isLinked = new Set<ImageId>()
  return missing.flatMap((verdict): readonly Verdict[] => {
    const [first] = presentWith(verdict.a)
    if (first === undefined) return []
    if (verdict.verdict === 'different') {
      const [second] = presentWith(verdict.b)
      const isOne = second === undefined || groups.isSame(verdict.a, verdict.b)
      return isOne ? [] : [{ a: first, b: second, verdict: 'different' }]
    }
    if (!doesJoin(verdict) || isLinked.has(first)) return []
    isLinked.add(first)
    return presentWith(verdict.a)
      .slice(1)
      .map((member) => ({ a: first, b: member, verdict: 'same' }))
  })
}
