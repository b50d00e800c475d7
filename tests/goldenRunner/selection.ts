import { z } from 'zod'
import type { Triplets } from '../../src-main/losses/loss.ts'
import { ignored, negative, positive } from '../../src-main/losses/relation.ts'
import type { Relation } from '../../src-main/losses/relation.ts'

const indices = z.array(z.int().min(0)).readonly()

/** What a miner of the reference selected, as the files write it; lists are missing where they are long. */
export const tupleSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('triplets'),
    count: z.array(z.int()).readonly(),
    sums: z.array(z.number()).readonly(),
    anchors: indices.optional(),
    positives: indices.optional(),
    negatives: indices.optional(),
    omitted: z.unknown().optional(),
  }),
  z.looseObject({
    kind: z.literal('pairs'),
    count: z.array(z.int()).readonly(),
    sums: z.array(z.number()).readonly(),
    anchors1: indices.optional(),
    positives: indices.optional(),
    anchors2: indices.optional(),
    negatives: indices.optional(),
    omitted: z.unknown().optional(),
  }),
])
export type ExpectedTuple = z.infer<typeof tupleSchema>

/** Positive pairs and negative pairs, each by anchor. */
export interface SelectedPairs {
  readonly anchors1: readonly number[]
  readonly positives: readonly number[]
  readonly anchors2: readonly number[]
  readonly negatives: readonly number[]
}

/** The pairs of a tuple; those of its triplets each once. */
export function pairsOf(tuple: ExpectedTuple): SelectedPairs | null {
  const { positives, negatives } = tuple
  const [anchors1, anchors2] =
    tuple.kind === 'pairs' ? [tuple.anchors1, tuple.anchors2] : [tuple.anchors, tuple.anchors]
  if (!anchors1 || !anchors2 || !positives || !negatives) return null
  return { anchors1, positives, anchors2, negatives }
}

/** The triplets of a tuple; pairs become every triplet of two pairs of one anchor. */
export function tripletsOf(tuple: ExpectedTuple): Triplets | null {
  const pairs = pairsOf(tuple)
  if (!pairs) return null
  if (tuple.kind === 'pairs') return tripletsOfPairs(pairs)
  const { anchors1, positives, negatives } = pairs
  return {
    anchors: Int32Array.from(anchors1),
    positives: Int32Array.from(positives),
    negatives: Int32Array.from(negatives),
  }
}

/** Every triplet of a positive pair and a negative pair of one anchor. */
export function tripletsOfPairs(pairs: SelectedPairs): Triplets {
  const { anchors1, positives, anchors2, negatives } = pairs
  const triplets = anchors1.flatMap((anchor, i) =>
    negatives.flatMap((other, j) =>
      anchors2[j] === anchor ? [[anchor, positives[i] ?? 0, other] as const] : [],
    ),
  )
  return {
    anchors: Int32Array.from(triplets, ([anchor]) => anchor),
    positives: Int32Array.from(triplets, ([, other]) => other),
    negatives: Int32Array.from(triplets, ([, , other]) => other),
  }
}

/** The relation with all pairs ignored that were not selected. */
export function narrowed(relation: Relation, pairs: SelectedPairs): Relation {
  const { columns, cells } = relation
  const kept = new Int8Array(cells.length).fill(ignored)
  pairs.anchors1.forEach((i, at) => (kept[i * columns + (pairs.positives[at] ?? 0)] = positive))
  pairs.anchors2.forEach((i, at) => (kept[i * columns + (pairs.negatives[at] ?? 0)] = negative))
  return { ...relation, cells: kept }
}
