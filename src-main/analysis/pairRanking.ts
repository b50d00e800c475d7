/** How well a score of pairs tells the relevant ones from the others; ties count as one step. */
export interface PairRanking {
  /** Mean precision over the relevant pairs, as their recall grows; the base rate for a random score. */
  readonly averagePrecision: number
  /** Chance that a relevant pair has a larger score than another one; .5 for a random score. */
  readonly rocAuc: number
}

/**
 * @param scores larger for pairs that are thought more relevant, one a pair
 * @param isRelevant 1 or 0, one a pair
 * @returns null where all pairs are relevant, or none is
 */
export function pairRanking(
  scores: ArrayLike<number>,
  isRelevant: ArrayLike<number>,
): PairRanking | null {
  const order = Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const relevant = order.filter((pair) => isRelevant[pair] === 1).length
  const others = order.length - relevant
  if (relevant === 0 || others === 0) return null
  let [hits, misses, precisions, wins] = [0, 0, 0, 0]
  for (let start = 0; start < order.length;) {
    const score = scores[order[start] ?? 0]
    let end = start
    let hitsHere = 0
    while (end < order.length && scores[order[end] ?? 0] === score)
      hitsHere += isRelevant[order[end++] ?? 0] === 1 ? 1 : 0
    const missesHere = end - start - hitsHere
    hits += hitsHere
    misses += missesHere
    precisions += hitsHere * (hits / end)
    wins += hitsHere * (others - misses + missesHere / 2)
    start = end
  }
  return { averagePrecision: precisions / relevant, rocAuc: wins / (relevant * others) }
}
