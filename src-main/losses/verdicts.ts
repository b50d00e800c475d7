import type { JudgedPair } from '../contract/compute.ts'
import { ignored, negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'

/** Looks pairs up. */
export interface Verdicts {
  readonly size: number
  /** Of a pair; null where nobody said anything. */
  of(first: number, second: number): number | null
  /** What was said of an image and others, by the other; undefined where nobody said anything. */
  by(image: number): ReadonlyMap<number, number> | undefined
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
    by: (image) => known.get(image),
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
    judgeRow(cells.subarray(i * columns, (i + 1) * columns), {
      known: verdicts.by(images[i] ?? -1),
      images,
      isOut,
    })
  return { ...relation, cells }
}

/** Most images have no verdict at all, and cost nothing. */
function judgeRow(
  cells: Int8Array,
  row: {
    readonly known: ReadonlyMap<number, number> | undefined
    readonly images: Int32Array
    readonly isOut: (column: number) => boolean
  },
): void {
  const { known, images, isOut } = row
  if (!known) return
  for (let j = 0; j < cells.length; j++) {
    const verdict = known.get(images[j] ?? -1)
    if (verdict !== undefined && !isOut(j)) cells[j] = verdict
  }
}
