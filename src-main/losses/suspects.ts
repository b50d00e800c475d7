import { pairNumber } from '../numeric/pairNumber.ts'
import { ignored, negative } from './relation.ts'
import type { Relation } from './relation.ts'

/**
 * Pairs of images that leave the denominator.
 *
 * - `listed`: one bit a pair of `images`, by row of the upper triangle: for small sets
 * - `factors`: pairs of `images` whose f_i · f_j is above a threshold: for large ones
 * - `random`: a share of all pairs, whatever they show: the control
 */
export type CancelledPairs =
  | { readonly kind: 'listed'; readonly images: Int32Array; readonly bits: Int32Array }
  | {
      readonly kind: 'factors'
      readonly images: Int32Array
      /** `[images, dim]` */
      readonly factors: Float32Array
      readonly dim: number
      readonly threshold: number
    }
  | { readonly kind: 'random'; readonly share: number; readonly salt: number }

/** Looks a pair of images up. */
export type IsCancelled = (first: number, second: number) => boolean

export function lookUp(pairs: CancelledPairs): IsCancelled {
  if (pairs.kind === 'random') {
    const { share, salt } = pairs
    return (a, b) => pairNumber(a, b, salt) < share
  }
  const placeOf = new Map(Array.from(pairs.images, (image, place) => [image, place]))
  const isAt = pairs.kind === 'listed' ? isListed(pairs) : isAbove(pairs)
  return (a, b) => {
    const i = placeOf.get(a)
    const j = placeOf.get(b)
    return i !== undefined && j !== undefined && i !== j && isAt(i, j)
  }
}

function isListed({ images, bits }: Extract<CancelledPairs, { kind: 'listed' }>): IsCancelled {
  const count = images.length
  return (i, j) => {
    const bit = bitOf(Math.min(i, j), Math.max(i, j), count)
    return (((bits[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1
  }
}

/** Where the bit of a pair stands, first < second < count ≤ 65,536. */
export function bitOf(first: number, second: number, count: number): number {
  return first * count - (first * (first + 1)) / 2 + second - first - 1
}

function isAbove(pairs: Extract<CancelledPairs, { kind: 'factors' }>): IsCancelled {
  const { factors, dim, threshold } = pairs
  return (i, j) => {
    let sum = 0
    for (let d = 0; d < dim; d++)
      sum += (factors[i * dim + d] as number) * (factors[j * dim + d] as number)
    return sum > threshold
  }
}

/**
 * The relation without the negatives that are cancelled: they are neither pushed nor pulled. Positives stay,
 * whatever the detector says of them.
 *
 * @param images what stands in each column, `[columns]`; the first `rows` are the anchors
 */
export function withoutCancelled(
  relation: Relation,
  images: Int32Array,
  isCancelled: IsCancelled | null,
): Relation {
  if (isCancelled === null) return relation
  const { rows, columns } = relation
  const cells = relation.cells.slice()
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const cell = i * columns + j
      if (cells[cell] === negative && isCancelled(images[i] ?? -1, images[j] ?? -1))
        cells[cell] = ignored
    }
  return { ...relation, cells }
}
