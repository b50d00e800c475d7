import type { RandomStream } from '../../numeric/random.ts'

/** Images of each label; those without one are left out. */
export function membersOf(labels: Int32Array): ReadonlyMap<number, number[]> {
  const members = new Map<number, number[]>()
  labels.forEach((label, image) => {
    if (label < 0) return
    const known = members.get(label)
    if (known) known.push(image)
    else members.set(label, [image])
  })
  return members
}

/** Cuts images into hands of a size; a last hand that holds one image gets another of the same. */
export function handsOf(members: readonly number[], size: number): number[][] {
  const hands: number[][] = []
  for (let start = 0; start < members.length; start += size) {
    const hand = members.slice(start, start + size)
    const [first] = members
    if (hand.length === 1 && first !== undefined) hand.push(first)
    hands.push(hand)
  }
  return hands
}

/** A label's images, which can be asked for hands without end: shuffled again when all have been dealt. */
export interface Deck {
  readonly label: number
  next(): readonly number[]
}

export function createDeck(
  label: number,
  members: readonly number[],
  { size, stream }: { readonly size: number; readonly stream: RandomStream },
): Deck {
  let hands: number[][] = []
  return {
    label,
    next() {
      if (hands.length === 0) hands = handsOf(stream.shuffle([...members]), size)
      return hands.shift() ?? []
    },
  }
}

/** What the samplers by label have in common. */
export interface LabelBatchOptions {
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  readonly batchSize: number
  readonly imagesPerLabel: number
  readonly seed: number
  /** 1 …; each has its own order. */
  readonly epoch: number
}

/** P of P × K. */
export function labelsPerBatchOf({
  batchSize,
  imagesPerLabel,
}: Pick<LabelBatchOptions, 'batchSize' | 'imagesPerLabel'>): number {
  return Math.max(2, Math.floor(batchSize / imagesPerLabel))
}

/** Labels with two images or more: the others have no positive. */
export function pairedMembersOf(labels: Int32Array): readonly (readonly [number, number[]])[] {
  return [...membersOf(labels)].filter(([, members]) => members.length > 1)
}

/** Batches that an epoch has when it deals every hand once. */
export function batchCountOf(
  decks: readonly (readonly [number, readonly number[]])[],
  { batchSize, imagesPerLabel }: Pick<LabelBatchOptions, 'batchSize' | 'imagesPerLabel'>,
): number {
  const hands = decks.reduce(
    (sum, [, members]) => sum + Math.ceil(members.length / imagesPerLabel),
    0,
  )
  return Math.ceil(hands / labelsPerBatchOf({ batchSize, imagesPerLabel }))
}

/** One batch of hands: no image stands in it twice. */
export function batchFrom(hands: readonly (readonly number[])[]): Int32Array {
  return Int32Array.from(new Set(hands.flat()))
}
