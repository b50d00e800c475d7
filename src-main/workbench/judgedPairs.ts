import type { JudgedPair } from '../contract/compute.ts'
import type { Verdict, VerdictKind } from '../contract/journal.ts'

/** What a verdict means for training; null: nothing. The same picture twice is the same thing. */
const meanings: Readonly<Record<Exclude<VerdictKind, 'none'>, JudgedPair['verdict'] | null>> = {
  same: 'same',
  duplicate: 'same',
  different: 'different',
  ignore: 'ignore',
  later: null,
}

/**
 * Verdicts by place among the images of a run; those on images that it does not have are left out.
 *
 * @param ids of the run's images, in their order
 */
export function judgedPairs(verdicts: readonly Verdict[], ids: Int32Array): readonly JudgedPair[] {
  const places = new Map(Array.from(ids, (id, place) => [id, place]))
  return verdicts.flatMap(({ a, b, verdict: kind }) => {
    const [first, second] = [places.get(a), places.get(b)]
    const verdict = meanings[kind]
    if (first === undefined || second === undefined || verdict === null) return []
    return [{ first, second, verdict }]
  })
}
