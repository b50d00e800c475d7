import { random } from '../../numeric/random.ts'
import { batchFrom, handsOf, labelsPerBatchOf, membersOf } from './hands.ts'
import type { LabelBatchOptions } from './hands.ts'

/**
 * P × K batches: P labels with K images each (Hermans et al., 2017, arXiv:1703.07737), P = batchSize
 * / K. An epoch deals out each label's images in hands of K until all have been dealt; a last hand
 * that holds one image is filled up with another of its label. No image stands twice in a batch, and no
 * label has two hands in one batch while others wait.
 *
 * @param others what becomes of images without a label, and of labels with one image: `leave` them out, as
 *   they have no positive, or `deal` them in hands of their own, as their views are positives
 * @returns indices into `labels`, a row a batch; the last batch may be smaller, but has two labels, or
 *   two images where others are dealt
 */
export function labelBatches(
  options: LabelBatchOptions & { readonly others?: 'leave' | 'deal' },
): readonly Int32Array[] {
  const { labels, imagesPerLabel, seed, epoch, others = 'leave' } = options
  const stream = random(seed, 'label batches', epoch)
  const members = [...membersOf(labels).values()]
  const decks = members
    .filter((images) => images.length > 1)
    .map((images) => handsOf(stream.shuffle(images), imagesPerLabel))
  if (others === 'deal') decks.push(...singlesOf(labels, members, stream.shuffle.bind(stream)))

  // Round after round, each label gives its next hand, in an order of its own.
  const rounds = Math.max(0, ...decks.map((hands) => hands.length))
  const hands: number[][] = []
  for (let round = 0; round < rounds; round++) {
    const dealt = decks.flatMap((deck) => deck.slice(round, round + 1))
    hands.push(...stream.shuffle(dealt))
  }
  return others === 'deal'
    ? cutByImages(hands, options.batchSize)
    : cutByHands(hands, labels, labelsPerBatchOf(options))
}

function cutByHands(
  hands: readonly number[][],
  labels: Int32Array,
  labelsPerBatch: number,
): readonly Int32Array[] {
  const batches: Int32Array[] = []
  let batch: number[][] = []
  const close = () => {
    if (new Set(batch.map(([image = 0]) => labels[image])).size > 1) batches.push(batchFrom(batch))
    batch = []
  }
  for (const hand of hands) {
    batch.push(hand)
    if (batch.length === labelsPerBatch) close()
  }
  close()
  return batches
}

/** A hand may be torn by the end of a batch: its images have their views. */
function cutByImages(hands: readonly number[][], batchSize: number): readonly Int32Array[] {
  const batches: Int32Array[] = []
  let batch = new Set<number>()
  const close = () => {
    if (batch.size > 1) batches.push(Int32Array.from(batch))
    batch = new Set()
  }
  for (const image of hands.flat()) {
    batch.add(image)
    if (batch.size === batchSize) close()
  }
  close()
  return batches
}

/** Images that have no fellow, each a hand; spread over as many decks, so that rounds mix them in. */
function singlesOf(
  labels: Int32Array,
  members: readonly number[][],
  shuffle: (images: number[]) => number[],
): number[][][] {
  const alone = members.filter((images) => images.length === 1).flat()
  labels.forEach((label, image) => {
    if (label < 0) alone.push(image)
  })
  const longest = Math.max(1, ...members.map((images) => images.length))
  const images = shuffle(alone)
  const decks: number[][][] = []
  for (let start = 0; start < images.length; start += longest)
    decks.push(images.slice(start, start + longest).map((image) => [image]))
  return decks
}
