import { random } from '../../numeric/random.ts'
import { batchCountOf, batchFrom, createDeck, labelsPerBatchOf, pairedMembersOf } from './hands.ts'
import type { LabelBatchOptions } from './hands.ts'

/**
 * P × K batches in which every label comes equally often, whatever it has of images: rare labels are
 * repeated, of frequent ones an epoch shows a part. An epoch is as long as one that deals every image.
 */
export function balancedBatches(options: LabelBatchOptions): readonly Int32Array[] {
  const { labels, imagesPerLabel, seed, epoch } = options
  const stream = random(seed, 'balanced batches', epoch)
  const members = pairedMembersOf(labels)
  if (members.length < 2) return []
  const decks = members.map(([label, images]) =>
    createDeck(label, images, { size: imagesPerLabel, stream }),
  )
  const size = Math.min(labelsPerBatchOf(options), decks.length)
  const order: (typeof decks)[number][] = []
  return Array.from({ length: batchCountOf(members, options) }, () => {
    const batch: (typeof decks)[number][] = []
    while (batch.length < size) {
      const at = order.findIndex((deck) => !batch.includes(deck))
      if (at < 0) order.push(...stream.shuffle([...decks]))
      else batch.push(...order.splice(at, 1))
    }
    return batchFrom(batch.map((deck) => deck.next()))
  })
}
