import type { JudgedPair } from '../contract/compute.ts'
import type { RunConfig } from '../contract/runs.ts'
import { VerdictGroups } from '../contract/verdictGroups.ts'
import { ignored, negative, positive } from '../losses/relation.ts'
import { verdictsOf } from '../losses/verdicts.ts'
import type { Verdicts } from '../losses/verdicts.ts'

/**
 * What people said, in the words of a run. What follows from it counts too: who is the same as one image is
 * the same as all that are joined with it, and different from all that one of them is different from; but
 * a pair that was itself judged is what was said of it.
 *
 * Where a run knows files with the same bytes as one image, so do its verdicts; where it eliminates
 * suspects or as many at random, it eliminates those that were confirmed as well, and only `attract` and runs that look for none
 * make positives of them.
 *
 * @param contents for each image the first with the same bytes
 */
export function judgedPairs(
  { regime, settings }: RunConfig,
  pairs: readonly JudgedPair[],
  contents: Int32Array,
): Verdicts {
  const imageOf = (image: number) => (regime === 'metric' ? image : (contents[image] ?? image))
  const judged = pairs
    .map(({ first, second, verdict }) => ({
      first: imageOf(first),
      second: imageOf(second),
      verdict,
    }))
    .filter(({ first, second }) => first !== second)
  // The control of a run that eliminates may differ from it in nothing but which pairs those are.
  const isEliminated = settings.suspects === 'eliminate' || settings.suspects === 'random'
  const ofSame = isEliminated ? ignored : positive
  const said = verdictsOf(
    judged.map((pair) =>
      pair.verdict === 'same' && ofSame === ignored ? { ...pair, verdict: 'ignore' } : pair,
    ),
  )
  const groups = VerdictGroups.of(
    judged.map(({ first, second, verdict }) => ({ a: first, b: second, verdict })),
  )
  /** Conclusions first, so that what was said of a pair itself replaces them. */
  const by = (image: number): ReadonlyMap<number, number> | undefined => {
    const [fellows, others] = [groups.membersOf(image), groups.othersOf(image)]
    const own = said.by(image)
    if (fellows.length < 2 && others.length === 0) return own
    return new Map([
      ...fellows.filter((fellow) => fellow !== image).map((fellow) => [fellow, ofSame] as const),
      ...others.map((other) => [other, negative] as const),
      ...(own ?? []),
    ])
  }
  return { size: said.size, by, of: (first, second) => by(first)?.get(second) ?? null }
}
