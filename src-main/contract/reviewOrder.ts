import type { VerdictKind } from './journal.ts'
import type { Suspect } from './suspects.ts'
import { doesJoin } from './verdictGroups.ts'

/**
 * In which order a person looks at suspected pairs.
 *
 * - `gain`: cluster-wise, where an answer settles most of the push first
 * - `suspicion`: as the method ranks them
 * - `cosine`: the closest in the embedding first
 */
export const reviewOrders = ['gain', 'suspicion', 'cosine'] as const
export type ReviewOrder = (typeof reviewOrders)[number]

/** A pair in its place. */
export interface OrderedSuspect {
  readonly pair: Suspect
  /** Part of all push that a verdict is expected to settle, in [0, 1]; null where it is not the order. */
  readonly gain: number | null
}

/**
 * Pairs between the same two clusters stand for each other. The gain of asking about one of them is the
 * push that lands on all of them that are open, times how unsure their answer is, 4p(1 − p) with
 * p = (same + 1) / (same + different + 2) of the verdicts there, and a part of it for each that was asked
 * before: so clusters take turns, the largest gain first, and within them the most suspected pair.
 *
 * @param suspects the most suspected first
 */
export function inReviewOrder(
  suspects: readonly Suspect[],
  order: ReviewOrder,
  verdictOf: (pair: Suspect) => VerdictKind,
): readonly OrderedSuspect[] {
  switch (order) {
    case 'gain':
      return byGain(suspects, verdictOf)
    case 'suspicion':
      return suspects.map((pair) => ({ pair, gain: null }))
    case 'cosine':
      return suspects.toSorted((x, y) => y.cosine - x.cosine).map((pair) => ({ pair, gain: null }))
    default:
      return order satisfies never
  }
}

/** Pairs between two clusters, or within one. */
interface ClusterPairs {
  readonly pairs: readonly Suspect[]
  /** Push on those that are open, times how unsure their answer is. */
  readonly unsure: number
  asked: number
}

function byGain(
  suspects: readonly Suspect[],
  verdictOf: (pair: Suspect) => VerdictKind,
): readonly OrderedSuspect[] {
  const byClusters = new Map<string, Suspect[]>()
  for (const pair of suspects) {
    const key = pair.clusters.join(' ')
    const known = byClusters.get(key)
    if (known) known.push(pair)
    else byClusters.set(key, [pair])
  }
  const groups = [...byClusters.values()].map((pairs) => clusterPairs(pairs, verdictOf))
  const ordered: OrderedSuspect[] = []
  while (ordered.length < suspects.length) {
    let best: ClusterPairs | null = null
    for (const group of groups)
      if (group.asked < group.pairs.length && (!best || gainOf(group) > gainOf(best))) best = group
    const pair = best?.pairs[best.asked]
    if (!best || !pair) break
    ordered.push({ pair, gain: gainOf(best) })
    best.asked += 1
  }
  return ordered
}

function gainOf({ unsure, asked }: ClusterPairs): number {
  return unsure / (1 + asked)
}

function clusterPairs(
  pairs: readonly Suspect[],
  verdictOf: (pair: Suspect) => VerdictKind,
): ClusterPairs {
  let [same, different, push] = [0, 0, 0]
  for (const pair of pairs) {
    const verdict = verdictOf(pair)
    if (verdict === 'different') different += 1
    else if (verdict !== 'none' && doesJoin({ verdict })) same += 1
    else push += pair.pushShare
  }
  const p = (same + 1) / (same + different + 2)
  return { pairs, unsure: push * 4 * p * (1 - p), asked: 0 }
}
