import { random } from '../../numeric/random.ts'
import { batchFrom, handsOf, labelsPerBatchOf, pairedMembersOf } from './hands.ts'
import type { LabelBatchOptions } from './hands.ts'

/**
 * P × K batches of labels that lie under the same super-label: its labels are alike, so that their
 * images are hard negatives of each other. Every hand is dealt once an epoch; what a super-label has
 * left at the end shares batches with others'.
 *
 * Ge, Huang, Dong, Scott, "Deep Metric Learning with Hierarchical Triplet Loss", ECCV 2018,
 * arXiv:1810.06951, takes the hierarchy from the embedding; here it is given.
 *
 * @param superLabels one a label
 */
export function hierarchicalBatches(
  options: LabelBatchOptions & { readonly superLabels: ArrayLike<number> },
): readonly Int32Array[] {
  const { labels, imagesPerLabel, seed, epoch, superLabels } = options
  const stream = random(seed, 'hierarchical batches', epoch)
  const families = new Map<number, number[][]>()
  for (const [label, members] of pairedMembersOf(labels)) {
    const family = superLabels[label] ?? -1
    const hands = handsOf(stream.shuffle(members), imagesPerLabel)
    families.set(family, [...(families.get(family) ?? []), ...hands])
  }
  const size = labelsPerBatchOf(options)
  const batches: number[][][] = []
  const left: number[][] = []
  for (const hands of families.values()) {
    const spread = apart(stream.shuffle(hands), labels)
    const whole = Math.floor(spread.length / size)
    for (let b = 0; b < whole; b++) batches.push(spread.slice(b * size, (b + 1) * size))
    left.push(...spread.slice(whole * size))
  }
  for (let start = 0; start < left.length; start += size)
    batches.push(left.slice(start, start + size))
  return stream
    .shuffle(batches)
    .filter((hands) => new Set(hands.map(([image = 0]) => labels[image])).size > 1)
    .map(batchFrom)
}

/** Round after round one hand of each label, so that neighbours in the order are of different labels. */
function apart(hands: readonly number[][], labels: Int32Array): number[][] {
  const rounds: number[][][] = []
  const dealt = new Map<number, number>()
  for (const hand of hands) {
    const label = labels[hand[0] ?? 0] ?? -1
    const round = dealt.get(label) ?? 0
    dealt.set(label, round + 1)
    const others = rounds[round]
    if (others) others.push(hand)
    else rounds[round] = [hand]
  }
  return rounds.flat()
}
