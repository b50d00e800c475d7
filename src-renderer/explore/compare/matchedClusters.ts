import type { Cluster, Clustering } from '../../../src-main/contract/clusters.ts'
import type { ImageId } from '../../../src-main/contract/images.ts'

/** Of the images that two clusters have together, those that both have: from here on they are one. */
const leastShared = 1 / 3
/** Clusters of the right that are none of the left are numbered from here on. */
const ownNumbers = 2 ** 20

/**
 * The clustering of one run in the numbers of another's: a cluster that has many of the same images as
 * one of the other run takes its number, the most alike first; every other gets one that nobody has.
 */
export function matchedClusters(
  left: Pick<Clustering, 'ids' | 'numbers' | 'clusters'>,
  right: Clustering,
): Clustering {
  const leftOf = new Map(Array.from(left.ids, (id, i) => [id, left.numbers[i] ?? -1]))
  const numbers = new Map(alikeFirst(leftOf, left.clusters, right))
  const of = (number: number): number =>
    number < 0 ? number : (numbers.get(number) ?? ownNumbers + number)
  const orNull = (number: number | null): number | null => (number === null ? null : of(number))
  return {
    ...right,
    numbers: right.numbers.map(of),
    clusters: right.clusters.map((one) => ({
      ...one,
      number: of(one.number),
      splitFrom: orNull(one.splitFrom),
      nearest: orNull(one.nearest),
    })),
  }
}

/** Numbers of the right with those of the left that they take. */
function alikeFirst(
  leftOf: ReadonlyMap<ImageId, number>,
  clusters: readonly Cluster[],
  right: Clustering,
): readonly (readonly [number, number])[] {
  const shared = new Map<string, { readonly pair: readonly [number, number]; count: number }>()
  right.ids.forEach((id, i) => {
    const pair = [right.numbers[i] ?? -1, leftOf.get(id) ?? -1] as const
    if (pair[0] < 0 || pair[1] < 0) return
    const known = shared.get(pair.join(' '))
    if (known === undefined) shared.set(pair.join(' '), { pair, count: 1 })
    else known.count += 1
  })
  const leftSizes = new Map(clusters.map(({ number, size }) => [number, size]))
  const rightSizes = new Map(right.clusters.map(({ number, size }) => [number, size]))
  const found = [...shared.values()]
    .map(({ pair, count }) => {
      const all = (rightSizes.get(pair[0]) ?? 0) + (leftSizes.get(pair[1]) ?? 0) - count
      return { pair, share: count / Math.max(1, all) }
    })
    .filter(({ share }) => share >= leastShared)
    .sort((a, b) => b.share - a.share)
  const taken = new Set<string>()
  return found.flatMap(({ pair }) => {
    const [own, other] = [`right ${pair[0]}`, `left ${pair[1]}`]
    if (taken.has(own) || taken.has(other)) return []
    taken.add(own).add(other)
    return [pair]
  })
}
