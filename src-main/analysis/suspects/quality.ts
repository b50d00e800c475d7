import type { Estimate } from '../../contract/suspects.ts'
import { random } from '../../numeric/random.ts'
import type { RowProducts } from '../rowProducts.ts'
import { descendingOrder } from './descendingOrder.ts'
import { forEachRow } from './pairScores.ts'
import type { PairScores } from './pairScores.ts'
import type { IsPair } from './topPairs.ts'

/** How well scores put pairs of one label before all others. */
export interface PairQuality {
  readonly pairs: number
  readonly baseRate: number
  readonly averagePrecision: Estimate
  readonly precisionAtRecall: {
    readonly ten: number
    readonly quarter: number
    readonly half: number
  }
  readonly atShare: { readonly precision: number; readonly recall: number }
  /** Share of each label's pairs among those above the share, `[labels]`; NaN where a label has none. */
  readonly recallOfLabels: Float64Array
}

/**
 * Average precision and its kin over all pairs of some images. Equal scores count as one block, so that
 * their order is no luck. Intervals come from drawing images again, with replacement, not pairs: pairs
 * that share an image are no independent evidence.
 *
 * @param options.images that are looked at, up to some 5,000
 * @param options.labels one an image of the whole set; those of `images` are ≥ 0
 * @param options.share of the pairs that would be cancelled, in [0, 1]
 * @param options.resamples draws behind the intervals; 0 for none
 */
export async function pairQuality(
  scores: PairScores,
  options: {
    readonly images: Int32Array
    readonly labels: Int32Array
    readonly labelCount: number
    readonly isPair?: IsPair
    readonly share: number
    readonly resamples: number
    readonly products: RowProducts
  },
): Promise<PairQuality> {
  const ranked = await rankedPairs(scores, options)
  const { images, labels, labelCount, share, resamples } = options
  const whole = curveOf(ranked, new Uint8Array(images.length).fill(1))
  const averagePrecision = whole.averagePrecision
  const draws = Array.from({ length: resamples }, (_, draw) => {
    const stream = random(0, 'images drawn again', draw)
    const times = new Uint8Array(images.length)
    for (let i = 0; i < images.length; i++) {
      const at = stream.integer(images.length)
      times[at] = (times[at] as number) + 1
    }
    return curveOf(ranked, times).averagePrecision
  })
  const cut = cutAt(ranked, Math.floor(share * ranked.isSame.length))
  const found = new Float64Array(labelCount)
  const all = new Float64Array(labelCount)
  ranked.isSame.forEach((same, at) => {
    if (same === 0) return
    const label = labels[images[ranked.first[at] as number] as number] as number
    all[label] = (all[label] as number) + 1
    if (at < cut) found[label] = (found[label] as number) + 1
  })
  const hits = found.reduce((sum, count) => sum + count, 0)
  return {
    pairs: ranked.isSame.length,
    baseRate: whole.baseRate,
    averagePrecision: { value: averagePrecision, ...interval(draws, averagePrecision) },
    precisionAtRecall: whole.precisionAtRecall,
    atShare: { precision: hits / Math.max(cut, 1), recall: hits / Math.max(whole.same, 1) },
    recallOfLabels: found.map((count, label) => count / (all[label] as number)),
  }
}

/** All pairs, best first; images by their place among those looked at. */
interface Ranked {
  readonly first: Uint16Array
  readonly second: Uint16Array
  readonly isSame: Uint8Array
  /** 1 for the last pair of each block of equal scores. */
  readonly isLast: Uint8Array
}

async function rankedPairs(
  scores: PairScores,
  options: {
    readonly images: Int32Array
    readonly labels: Int32Array
    readonly isPair?: IsPair
    readonly products: RowProducts
  },
): Promise<Ranked> {
  const { images, labels, isPair = () => true, products } = options
  const most = (images.length * (images.length - 1)) / 2
  const values = new Float32Array(most)
  const first = new Uint16Array(most)
  const second = new Uint16Array(most)
  const placeOf = new Map(Array.from(images, (image, place) => [image, place]))
  let size = 0
  await forEachRow(scores, products, (image, row) => {
    const place = placeOf.get(image)
    if (place === undefined) return
    for (let other = place + 1; other < images.length; other++) {
      const j = images[other] as number
      if (!isPair(image, j)) continue
      values[size] = row[j] as number
      first[size] = place
      second[size++] = other
    }
  })
  const sorted = values.subarray(0, size)
  const order = descendingOrder(sorted)
  const labelAt = (place: number) => labels[images[place] as number]
  return {
    first: Uint16Array.from(order, (at) => first[at] as number),
    second: Uint16Array.from(order, (at) => second[at] as number),
    isSame: Uint8Array.from(order, (at) =>
      Number(labelAt(first[at] as number) === labelAt(second[at] as number)),
    ),
    isLast: Uint8Array.from(order, (at, i) =>
      Number(i + 1 === size || sorted[at] !== sorted[order[i + 1] as number]),
    ),
  }
}

/** @param times how often each image was drawn; a pair counts as often as both were, together */
function curveOf({ first, second, isSame, isLast }: Ranked, times: Uint8Array) {
  let same = 0
  let all = 0
  for (let at = 0; at < isSame.length; at++) {
    const weight = (times[first[at] as number] as number) * (times[second[at] as number] as number)
    all += weight
    if (isSame[at] === 1) same += weight
  }
  let seen = 0
  let hits = 0
  let counted = 0
  let sum = 0
  const marks = [0.1, 0.25, 0.5].map((recall) => ({ recall, precision: 0 }))
  for (let at = 0; at < isSame.length; at++) {
    const weight = (times[first[at] as number] as number) * (times[second[at] as number] as number)
    seen += weight
    if (isSame[at] === 1) hits += weight
    if (isLast[at] === 0 || seen === 0) continue
    const precision = hits / seen
    sum += precision * (hits - counted)
    counted = hits
    for (const mark of marks)
      if (mark.precision === 0 && hits >= mark.recall * same && same > 0) mark.precision = precision
  }
  const [ten = 0, quarter = 0, half = 0] = marks.map(({ precision }) => precision)
  return {
    averagePrecision: sum / Math.max(same, 1),
    baseRate: same / Math.max(all, 1),
    same,
    precisionAtRecall: { ten, quarter, half },
  }
}

/** Whole blocks of equal scores only, at most `wanted` pairs. */
function cutAt({ isLast }: Ranked, wanted: number): number {
  let cut = Math.min(wanted, isLast.length)
  while (cut > 0 && isLast[cut - 1] === 0) cut -= 1
  return cut
}

/** The middle 95 %. */
function interval(draws: readonly number[], value: number): { low: number; high: number } {
  if (draws.length === 0) return { low: value, high: value }
  const sorted = draws.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? value
  return { low: at(0.025), high: at(0.975) }
}
