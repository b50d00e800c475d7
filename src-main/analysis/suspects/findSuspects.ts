import type { Regime } from '../../contract/catalogue.ts'
import type { Suspect, SuspectMethod } from '../../contract/suspects.ts'
import type { GroupSize } from '../../contract/suspectPolicy.ts'
import { louvain } from '../clusters/louvain.ts'
import { affinitiesOf, neighboursAsked } from '../neighbourView/affinities.ts'
import type { RowProducts } from '../rowProducts.ts'
import type { Repulsion } from '../temperature/repulsion.ts'
import type { Detector } from './detector.ts'
import type { DuplicateCheck } from './duplicates.ts'
import { jaccardNeighbours, sharedOf } from './rowScores.ts'
import { topPairs } from './topPairs.ts'
import type { IsPair } from './topPairs.ts'

/** What decides which pairs training takes for negatives. */
export interface ImageLabels {
  readonly regime: Regime
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  /** Of the files' bytes, one an image. */
  readonly hashes: readonly string[]
}

/**
 * Pairs that are negatives: contrastive, all that do not have the same bytes, whatever the labels say;
 * metric, those of two labels; mixed, all that have neither the same bytes nor the same label.
 */
export function negativesOf({ regime, labels, hashes }: ImageLabels): IsPair {
  const labelOf = (i: number) => labels[i] ?? -1
  switch (regime) {
    case 'contrastive':
      return (i, j) => hashes[i] !== hashes[j]
    case 'metric':
      return (i, j) => labelOf(i) >= 0 && labelOf(j) >= 0 && labelOf(i) !== labelOf(j)
    case 'mixed':
      return (i, j) => hashes[i] !== hashes[j] && (labelOf(i) < 0 || labelOf(i) !== labelOf(j))
    default:
      return regime satisfies never
  }
}

/** How many pairs {@link negativesOf} lets through, without going through them. */
export function countNegatives({ regime, labels, hashes }: ImageLabels): number {
  const labelled = (i: number) => (labels[i] ?? -1) >= 0
  const all = Array.from(labels.keys())
  const sameBytes = pairsAlike(all.map((i) => hashes[i] ?? ''))
  switch (regime) {
    case 'contrastive':
      return pairsOf(all.length) - sameBytes
    case 'metric': {
      const some = all.filter(labelled)
      return pairsOf(some.length) - pairsAlike(some.map((i) => `${labels[i]}`))
    }
    case 'mixed': {
      const some = all.filter(labelled)
      const sameLabel = pairsAlike(some.map((i) => `${labels[i]}`))
      const both = pairsAlike(some.map((i) => `${labels[i]} ${hashes[i]}`))
      return pairsOf(all.length) - sameBytes - sameLabel + both
    }
    default:
      return regime satisfies never
  }
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2
}

function pairsAlike(keys: readonly string[]): number {
  const sizes = new Map<string, number>()
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, size) => sum + pairsOf(size), 0)
}

/**
 * Pairs of two images of some; where it is one image only, its pairs with all others.
 *
 * @param ids of all images, by their index
 */
export function pairsAmong(ids: Int32Array, among: Int32Array): IsPair {
  const chosen = new Set(among)
  const isIn = Uint8Array.from(ids, (id) => Number(chosen.has(id)))
  if (chosen.size === 1) return (i, j) => isIn[i] === 1 || isIn[j] === 1
  return (i, j) => isIn[i] === 1 && isIn[j] === 1
}

/** Of each pair that is asked for, how many are looked at, since some turn out to be duplicates. */
const spare = 2

export interface FoundSuspects {
  /** By index of image in `first` and `second`. */
  readonly suspects: readonly Suspect[]
  readonly duplicates: readonly Suspect[]
}

/**
 * The most suspected of the pairs that training takes for negatives, each with the reasons for it.
 *
 * @param options.ids of the images, in the detector's order
 */
export async function findSuspects(
  detector: Detector,
  options: {
    readonly method: SuspectMethod
    readonly groupSize: GroupSize
    readonly share: number
    readonly top: number
    readonly ids: Int32Array
    readonly labels: ImageLabels
    /** Which of the negatives are asked for; all if missing. */
    readonly isAsked?: IsPair
    readonly duplicates: DuplicateCheck
    readonly products: RowProducts
    /** What training pushes these pairs with. */
    readonly repulsion: Repulsion
  },
): Promise<FoundSuspects> {
  const { top, ids, labels, isAsked, duplicates, products, repulsion } = options
  if (detector.count < 2) return { suspects: [], duplicates: [] }
  const scores = await detector.scores(options)
  // The same bytes under two labels are worth seeing, though contrastive training knows them as one.
  const isNegative = negativesOf(labels)
  const isPair: IsPair = isAsked ? (i, j) => isAsked(i, j) && isNegative(i, j) : isNegative
  const ranked = await topPairs(scores, products, { most: spare * top, isPair })
  const describe = await describer(detector, ids, repulsion)
  const found: FoundSuspects & { suspects: Suspect[]; duplicates: Suspect[] } = {
    suspects: [],
    duplicates: [],
  }
  for (const [at, i] of ranked.first.entries()) {
    const j = ranked.second[at] ?? 0
    const kind = duplicates.kindOf(i, j)
    const list = kind === 'suspect' ? found.suspects : found.duplicates
    if (list.length < top) list.push({ ...describe(i, j), kind, score: ranked.scores[at] ?? 0 })
  }
  found.duplicates.sort((a, b) => Number(b.kind === 'duplicate') - Number(a.kind === 'duplicate'))
  return found
}

async function describer(
  detector: Detector,
  ids: Int32Array,
  repulsion: Repulsion,
): Promise<(i: number, j: number) => Omit<Suspect, 'kind' | 'score'>> {
  const lists = await detector.neighbours(jaccardNeighbours(detector.count))
  const { k } = lists
  const listOf = (i: number) => lists.ids.subarray(i * k, (i + 1) * k)
  const sortedOf = (i: number) =>
    listOf(i)
      .filter((id) => id >= 0)
      .sort()
  const rankOf = (i: number, j: number) => {
    const place = listOf(i).indexOf(j)
    return place < 0 ? null : place + 1
  }
  const { data, dim } = detector.embedding
  const cosineOf = (i: number, j: number) => {
    let sum = 0
    for (let d = 0; d < dim; d++)
      sum += (data[i * dim + d] as number) * (data[j * dim + d] as number)
    return sum
  }
  const clusters = louvain(affinitiesOf(await detector.neighbours(neighboursAsked)), 1)
  const clustersOf = (i: number, j: number): [number, number] => {
    const [a = 0, b = 0] = [clusters[i], clusters[j]]
    return a < b ? [a, b] : [b, a]
  }
  const all = repulsion.all() || 1
  return (i, j) => ({
    first: ids[i] ?? 0,
    second: ids[j] ?? 0,
    cosine: cosineOf(i, j),
    sharedNeighbours: sharedOf(sortedOf(i), sortedOf(j)),
    rank: rankOf(i, j),
    rankBack: rankOf(j, i),
    clusters: clustersOf(i, j),
    pushShare: repulsion.ofPair(i, j) / all,
  })
}
