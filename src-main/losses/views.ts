import type { Tensor2D } from '../numeric/tf.ts'
import type { Batch } from './loss.ts'
import { rowsAt } from './numerics.ts'
import { acrossViews, positivePairs } from './relation.ts'

/** Two views of the same things: row i of both belongs together, each `[pairs, dim]`. */
export interface TwoViews {
  readonly first: Tensor2D
  readonly second: Tensor2D
}

/**
 * The batch's positive pairs as two views, rows as they are before normalisation: of two views of each
 * image the first with the second, where there is one view every pair once. Null without any. A memory
 * has no part in it.
 */
export function viewsOf({ raw, relation }: Batch): TwoViews | null {
  const { rows, firstViews } = relation
  const { anchors, positives } = positivePairs(acrossViews(relation))
  const isTaken = (i: number, j: number) =>
    j < rows && (firstViews === undefined ? i < j : i < firstViews)
  const kept = [...anchors.keys()].filter((k) => isTaken(anchors[k] ?? 0, positives[k] ?? 0))
  if (kept.length === 0) return null
  const at = (places: Int32Array) =>
    rowsAt(
      raw,
      Int32Array.from(kept, (k) => places[k] ?? 0),
    )
  return { first: at(anchors), second: at(positives) }
}
