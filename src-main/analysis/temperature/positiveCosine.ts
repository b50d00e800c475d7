import type { Regime } from '../../contract/catalogue.ts'
import type { Rows } from '../neighbours.ts'

/** A cosine that stands for each anchor's positive, and why it does. */
export interface PositiveCosine {
  readonly value: number
  /** In a sentence. */
  readonly assumption: string
}

/**
 * Contrastive, an anchor's positive is another view of it; with labels, it is as near as pairs of one label
 * are in the mean.
 *
 * @param rows unit rows
 * @param labels one an image, −1 for none
 */
export function positiveCosine(regime: Regime, rows: Rows, labels: Int32Array): PositiveCosine {
  const within = regime === 'contrastive' ? null : meanWithin(rows, labels)
  return within === null
    ? {
        value: 1,
        assumption:
          'The positive of an anchor is another view of it, thought to be embedded just like it.',
      }
    : {
        value: within,
        assumption: 'The positive of an anchor is as near as images of one label are in the mean.',
      }
}

/**
 * Mean cosine of the pairs of one label, from the sums of their rows, Σ_{i<j} x_i·x_j = (|Σ x|² − n) / 2:
 * without going through the pairs. Null where no two images have one.
 */
function meanWithin({ data, dim }: Rows, labels: Int32Array): number | null {
  const sums = new Map<number, { readonly row: Float64Array; images: number }>()
  for (const [i, label] of labels.entries()) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    if (label < 0 || !row.every(Number.isFinite)) continue
    const sum = sums.get(label) ?? { row: new Float64Array(dim), images: 0 }
    for (let d = 0; d < dim; d++) sum.row[d] = (sum.row[d] as number) + (row[d] as number)
    sum.images += 1
    sums.set(label, sum)
  }
  let [cosines, pairs] = [0, 0]
  for (const { row, images } of sums.values()) {
    cosines += (row.reduce((all, value) => all + value * value, 0) - images) / 2
    pairs += (images * (images - 1)) / 2
  }
  return pairs === 0 ? null : cosines / pairs
}
