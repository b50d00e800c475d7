import { random } from '../numeric/random.ts'

/**
 * Batches in which every image comes once an epoch, in random order. A last batch that is smaller is
 * kept unless it holds a single image, which has nothing to be compared with.
 *
 * @param count images 0 … count − 1
 * @param epoch 1 …; each has its own order
 * @returns indices of images, a row a batch
 */
export function uniformBatches(options: {
  readonly count: number
  readonly batchSize: number
  readonly seed: number
  readonly epoch: number
}): readonly Int32Array[] {
  const { count, batchSize, seed, epoch } = options
  const order = random(seed, 'uniform batches', epoch).shuffle(
    Int32Array.from({ length: count }, (_, i) => i),
  )
  const batches: Int32Array[] = []
  for (let start = 0; start < count; start += batchSize) {
    const batch = order.slice(start, start + batchSize)
    if (batch.length > 1) batches.push(batch)
  }
  return batches
}

/**
 * P × K batches: P labels with K images each (Hermans et al., 2017, arXiv:1703.07737), P = batchSize
 * / K. An epoch deals out each label's images in hands of K until all have been dealt; a last hand
 * that holds one image is filled up with another of its label. Labels with one image are left out:
 * they have no positive. No image stands twice in a batch, and no label has two hands in one batch
 * while others wait.
 *
 * @param labels one an image, −1 for none
 * @param epoch 1 …
 * @returns indices into `labels`, a row a batch; the last batch may be smaller, but has two labels
 */
export function labelBatches(options: {
  readonly labels: Int32Array
  readonly batchSize: number
  readonly imagesPerLabel: number
  readonly seed: number
  readonly epoch: number
}): readonly Int32Array[] {
  const { labels, batchSize, imagesPerLabel, seed, epoch } = options
  const stream = random(seed, 'label batches', epoch)
  const decks = [...membersOf(labels).values()]
    .filter((members) => members.length > 1)
    .map((members) => handsOf(stream.shuffle(members), imagesPerLabel))

  // Round after round, each label gives its next hand, in an order of its own.
  const rounds = Math.max(0, ...decks.map((hands) => hands.length))
  const hands: number[][] = []
  for (let round = 0; round < rounds; round++) {
    const dealt = decks.flatMap((deck) => deck.slice(round, round + 1))
    hands.push(...stream.shuffle(dealt))
  }

  const labelsPerBatch = Math.max(2, Math.floor(batchSize / imagesPerLabel))
  const batches: Int32Array[] = []
  let batch: number[][] = []
  const close = () => {
    if (new Set(batch.map(([image = 0]) => labels[image])).size > 1)
      batches.push(Int32Array.from(new Set(batch.flat())))
    batch = []
  }
  for (const hand of hands) {
    batch.push(hand)
    if (batch.length === labelsPerBatch) close()
  }
  close()
  return batches
}

function membersOf(labels: Int32Array): ReadonlyMap<number, number[]> {
  const members = new Map<number, number[]>()
  labels.forEach((label, image) => {
    if (label < 0) return
    const known = members.get(label)
    if (known) known.push(image)
    else members.set(label, [image])
  })
  return members
}

function handsOf(members: readonly number[], size: number): number[][] {
  const hands: number[][] = []
  for (let start = 0; start < members.length; start += size) {
    const hand = members.slice(start, start + size)
    const [first] = members
    if (hand.length === 1 && first !== undefined) hand.push(first)
    hands.push(hand)
  }
  return hands
}
