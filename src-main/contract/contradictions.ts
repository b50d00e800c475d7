import type { ImageId } from './images.ts'
import type { Verdict } from './journal.ts'
import { doesJoin, VerdictGroups } from './verdictGroups.ts'

/** Verdicts that cannot all be true, or that say otherwise than the labels. Nothing of them is lost. */
export type Contradiction =
  /** The two are called different, and a chain of “same” leads from the one to the other. */
  | { readonly kind: 'chain'; readonly verdict: Verdict; readonly chain: readonly Verdict[] }
  /** Called same under two labels, or different under one; in training the verdict counts. */
  | { readonly kind: 'labels'; readonly verdict: Verdict }

/**
 * All contradictions: chains first, then those with labels, each in the order of the verdicts.
 *
 * @param labelOf an image, −1 for none or for an image that is gone
 */
export function contradictionsOf(
  verdicts: readonly Verdict[],
  labelOf: (image: ImageId) => number,
): readonly Contradiction[] {
  const groups = VerdictGroups.of(verdicts)
  const chains = new SameChains(verdicts)
  const ofChains = verdicts.flatMap((verdict): Contradiction[] =>
    verdict.verdict === 'different' && groups.isSame(verdict.a, verdict.b)
      ? [{ kind: 'chain', verdict, chain: chains.between(verdict.a, verdict.b) }]
      : [],
  )
  const ofLabels = verdicts.flatMap((verdict): Contradiction[] =>
    speaksAgainstLabels(verdict, labelOf) ? [{ kind: 'labels', verdict }] : [],
  )
  return [...ofChains, ...ofLabels]
}

function speaksAgainstLabels(verdict: Verdict, labelOf: (image: ImageId) => number): boolean {
  const [first, second] = [labelOf(verdict.a), labelOf(verdict.b)]
  if (first < 0 || second < 0) return false
  return first === second ? verdict.verdict === 'different' : doesJoin(verdict)
}

/** Ways along “same” from image to image. */
export class SameChains {
  private readonly from = new Map<ImageId, Verdict[]>()

  constructor(verdicts: readonly Verdict[]) {
    for (const verdict of verdicts)
      if (doesJoin(verdict))
        for (const image of [verdict.a, verdict.b]) {
          const known = this.from.get(image)
          if (known) known.push(verdict)
          else this.from.set(image, [verdict])
        }
  }

  /** The shortest chain; empty where there is none. */
  between(first: ImageId, second: ImageId): readonly Verdict[] {
    const cameBy = new Map<ImageId, Verdict | null>([[first, null]])
    const queue = [first]
    for (let at = 0; at < queue.length && !cameBy.has(second); at++) {
      const image = queue[at] ?? first
      for (const verdict of this.from.get(image) ?? []) {
        const next = otherOf(verdict, image)
        if (cameBy.has(next)) continue
        cameBy.set(next, verdict)
        queue.push(next)
      }
    }
    const chain: Verdict[] = []
    for (let image = second; ;) {
      const verdict = cameBy.get(image)
      if (!verdict) return chain.reverse()
      chain.push(verdict)
      image = otherOf(verdict, image)
    }
  }
}

function otherOf({ a, b }: Verdict, image: ImageId): ImageId {
  return a === image ? b : a
}
