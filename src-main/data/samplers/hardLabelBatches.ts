import { random } from '../../numeric/random.ts'
import { batchCountOf, batchFrom, createDeck, labelsPerBatchOf, pairedMembersOf } from './hands.ts'
import type { LabelBatchOptions } from './hands.ts'

/**
 * P × K batches of a label and those nearest to it, by the cosine of their prototypes: what the network
 * confuses meets in one batch. Labels take turns in being the one.
 *
 * After Smirnov, Melnikov, Novoselov, Luckyanets, Lavrentyeva, "Doppelganger Mining for Face
 * Representation Learning", ICCV Workshops 2017, and Suh, Han, Kim, Lee, "Stochastic Class-based Hard
 * Example Mining", CVPR 2019.
 *
 * @param prototypes unit rows, one a label, `[labels, dim]`
 */
export function hardLabelBatches(
  options: LabelBatchOptions & { readonly prototypes: Float32Array; readonly dim: number },
): readonly Int32Array[] {
  const { labels, imagesPerLabel, seed, epoch } = options
  const stream = random(seed, 'hard label batches', epoch)
  const members = pairedMembersOf(labels)
  if (members.length < 2) return []
  const decks = members.map(([label, images]) =>
    createDeck(label, images, { size: imagesPerLabel, stream }),
  )
  const size = Math.min(labelsPerBatchOf(options), decks.length)
  const turns: (typeof decks)[number][] = []
  return Array.from({ length: batchCountOf(members, options) }, () => {
    if (turns.length === 0) turns.push(...stream.shuffle([...decks]))
    const turn = turns.shift()
    const nearest = decks
      .map((deck) => ({ deck, cosine: cosineOf(options, turn?.label ?? 0, deck.label) }))
      .sort((a, b) => b.cosine - a.cosine || a.deck.label - b.deck.label)
      .map(({ deck }) => deck)
      .filter((deck) => deck !== turn)
    const batch = turn ? [turn, ...nearest.slice(0, size - 1)] : []
    return batchFrom(batch.map((deck) => deck.next()))
  })
}

/**
 * Mean unit row of each label, made a unit row again; 0 for a label without images.
 *
 * @param rows unit rows of all images, `[images, dim]`
 * @param labels one an image, 0 … count − 1, −1 for none
 * @returns `[count, dim]`
 */
export function prototypesOf(
  rows: Float32Array,
  dim: number,
  { labels, count }: { readonly labels: Int32Array; readonly count: number },
): Float32Array {
  const sums = new Float64Array(count * dim)
  labels.forEach((label, image) => {
    if (label < 0) return
    for (let k = 0; k < dim; k++)
      sums[label * dim + k] = (sums[label * dim + k] ?? 0) + (rows[image * dim + k] ?? 0)
  })
  const prototypes = new Float32Array(count * dim)
  for (let label = 0; label < count; label++) {
    const row = sums.subarray(label * dim, (label + 1) * dim)
    const length = Math.max(Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)), 1e-12)
    for (let k = 0; k < dim; k++) prototypes[label * dim + k] = (row[k] ?? 0) / length
  }
  return prototypes
}

function cosineOf(
  { prototypes, dim }: { readonly prototypes: Float32Array; readonly dim: number },
  a: number,
  b: number,
): number {
  let sum = 0
  for (let k = 0; k < dim; k++)
    sum += (prototypes[a * dim + k] ?? 0) * (prototypes[b * dim + k] ?? 0)
  return sum
}
