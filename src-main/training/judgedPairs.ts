import type { JudgedPair } from '../contract/compute.ts'
import type { RunConfig } from '../contract/runs.ts'
import { verdictsOf } from '../losses/verdicts.ts'
import type { Verdicts } from '../losses/verdicts.ts'

/**
 * What people said, in the words of a run: where it knows files with the same bytes as one image, so do its
 * verdicts; where it eliminates suspects, it eliminates those that were confirmed as well, and only
 * `attract` and runs that look for none make positives of them.
 *
 * @param contents for each image the first with the same bytes
 */
export function judgedPairs(
  { regime, settings }: RunConfig,
  pairs: readonly JudgedPair[],
  contents: Int32Array,
): Verdicts {
  const imageOf = (image: number) => (regime === 'metric' ? image : (contents[image] ?? image))
  const isEliminated = settings.suspects === 'eliminate'
  return verdictsOf(
    pairs.flatMap(({ first, second, verdict }) => {
      const [a, b] = [imageOf(first), imageOf(second)]
      if (a === b) return []
      return [
        { first: a, second: b, verdict: isEliminated && verdict === 'same' ? 'ignore' : verdict },
      ]
    }),
  )
}
