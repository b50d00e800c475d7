import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RowProducts } from '../rowProducts.ts'
import { cellOf } from './rankGraph.ts'
import type { SparseSymmetric } from './rankGraph.ts'

/**
 * How likely two images belong together, for all pairs of a set. Symmetric; only the order of the numbers
 * means anything. What stands for an image and itself means nothing.
 */
export type PairScores =
  /** All of them, `[count, count]`. */
  | { readonly kind: 'matrix'; readonly count: number; readonly values: Float32Array }
  /** f_i · f_j + b_i + b_j + weight · E_ij. */
  | {
      readonly kind: 'factors'
      readonly count: number
      /** `[count, dim]` */
      readonly factors: Float32Array
      readonly dim: number
      /** `[count]` */
      readonly offsets?: Float32Array
      readonly edges?: { readonly graph: SparseSymmetric; readonly weight: number }
    }
  /** Worked out row by row. */
  | {
      readonly kind: 'rows'
      readonly count: number
      /** Fills the scores of one image to all, `[count]`. */
      readonly fill: (image: number, out: Float32Array) => void
      readonly scoreOf: (first: number, second: number) => number
    }

export function scoreOf(scores: PairScores, i: number, j: number): number {
  switch (scores.kind) {
    case 'matrix':
      return scores.values[i * scores.count + j] as number
    case 'factors': {
      const { factors, dim, offsets, edges } = scores
      let sum = offsets ? (offsets[i] as number) + (offsets[j] as number) : 0
      for (let d = 0; d < dim; d++)
        sum += (factors[i * dim + d] as number) * (factors[j * dim + d] as number)
      return edges ? sum + edges.weight * cellOf(edges.graph, i, j) : sum
    }
    case 'rows':
      return scores.scoreOf(i, j)
    default:
      return scores satisfies never
  }
}

/** Scores that are held at a time: 16 MiB. */
const scoresAtOnce = 2 ** 22

/**
 * Calls back with the scores of one image after the other to all images. They are valid during the call
 * only.
 */
export async function forEachRow(
  scores: PairScores,
  products: RowProducts,
  use: (image: number, row: Float32Array) => void,
): Promise<void> {
  const { count } = scores
  if (count === 0) return
  const atOnce = Math.min(Math.max(1, Math.floor(scoresAtOnce / count)), count)
  const block = new Float32Array(scores.kind === 'matrix' ? 0 : atOnce * count)
  for (let start = 0; start < count; start += atOnce) {
    const end = Math.min(start + atOnce, count)
    if (scores.kind === 'factors') {
      const { factors, dim } = scores
      const part = factors.subarray(start * dim, end * dim)
      products.multiply(part, factors, dim, block.subarray(0, (end - start) * count))
    }
    for (let i = start; i < end; i++) {
      const row = block.subarray((i - start) * count, (i - start + 1) * count)
      if (scores.kind === 'matrix') use(i, scores.values.subarray(i * count, (i + 1) * count))
      else {
        if (scores.kind === 'factors') addRest(scores, i, row)
        else scores.fill(i, row)
        use(i, row)
      }
    }
    await nextTurn()
  }
}

function addRest(
  { offsets, edges }: Extract<PairScores, { kind: 'factors' }>,
  i: number,
  row: Float32Array,
): void {
  if (offsets) {
    const own = offsets[i] as number
    for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) + own + (offsets[j] as number)
  }
  if (!edges) return
  const { starts, columns, values } = edges.graph
  for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
    const j = columns[at] as number
    row[j] = (row[j] as number) + edges.weight * (values[at] as number)
  }
}
