import type { JudgedPair } from '../contract/compute.ts'
import { ignored, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

/** Looks a pair up; null where nobody said anything. */
export interface Verdicts {
  readonly size: number
  of(first: number, second: number): number | null
}

const meanings = { same: positive, different: negative, ignore: ignored } as const

/** @param pairs of images by number, in either order; of the same pair the last one counts */
export function verdictsOf(pairs: readonly JudgedPair[]): Verdicts {
  const known = new Map<number, Map<number, number>>()
  for (const { first, second, verdict } of pairs)
    for (const [a, b] of [
      [first, second],
      [second, first],
    ] as const) {
      const ofA = known.get(a) ?? new Map<number, number>()
      known.set(a, ofA.set(b, meanings[verdict]))
    }
  return {
    size: pairs.length,
    of: (first, second) => known.get(first)?.get(second) ?? null,
  }
}

/**
 * The relation as people see it: their word beats regime, labels and detectors, in the batch and in the
 * memory. Pairs that the relation leaves out whatever they are (an image and itself, a batch that stands
 * in the memory) stay out.
 *
 * @param images what stands in each column, `[columns]`; the first `rows` are the anchors
 * @param isOut columns that no anchor shall see
 */
export function withVerdicts(
  relation: Relation,
  images: Int32Array,
  verdicts: Verdicts,
  isOut: (column: number) => boolean = () => false,
): Relation {
  if (verdicts.size === 0) return relation
  const { rows, columns } = relation
  const cells = relation.cells.slice()
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const verdict = verdicts.of(images[i] ?? -1, images[j] ?? -1)
      if (verdict !== null && !isOut(j)) cells[i * columns + j] = verdict
    }
  return { ...relation, cells }
}
