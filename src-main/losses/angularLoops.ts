import type { ValueAndSlopes } from './numerics.ts'
import type { Reducer } from './reducer.ts'
import { negative } from './relation.ts'
import type { PositivePairs, Relation } from './relation.ts'
import { termWeights } from './termWeights.ts'

/** What the angular loss of a pair is made of. */
export interface AngularTask {
  readonly relation: Relation
  readonly pairs: PositivePairs
  /** tan² α. */
  readonly tan2: number
  readonly reducer: Reducer
  /** Which row of the matrix compares a column with negatives: a row for anchors, more below them. */
  readonly rowOf: (column: number) => number
  /** How many rows of the matrix are of anchors with columns; those with negatives follow. */
  readonly ownRows: number
}

/**
 * log(1 + Σ_n e^f) of each positive pair, reduced, f = 4 tan²α (s_an + s_pn) − 2(1 + tan²α) s_ap: the sum
 * of two rows of similarities for each pair, which as tensors would be pairs × columns numbers.
 *
 * @param cells similarities of anchors to columns, and below them of anchors and further positives to
 *   negatives, `[ownRows + …, columns]`
 */
export function angularOf(cells: Float32Array, task: AngularTask): ValueAndSlopes {
  const { pairs, relation, reducer } = task
  const terms = pairs.anchors.length
  const logs = new Float64Array(terms)
  for (let k = 0; k < terms; k++) logs[k] = logSumOf(cells, task, k)
  const values = logs.map(softplus)
  const { anchors } = pairs
  const weights = termWeights({ values, anchors, rows: relation.rows, excess: logs }, reducer)
  const slopes = new Float64Array(cells.length)
  let value = 0
  for (let k = 0; k < terms; k++) {
    const weight = weights[k] as number
    if (weight === 0) continue
    value += weight * (values[k] as number)
    addSlopes(slopes, cells, task, { k, log: logs[k] as number, weight })
  }
  return { value, slopes: Float32Array.from(slopes) }
}

function placesOf({ relation, pairs, rowOf, ownRows }: AngularTask, k: number) {
  const { columns } = relation
  const anchor = pairs.anchors[k] as number
  const other = pairs.positives[k] as number
  return {
    own: anchor * columns + other,
    mask: anchor * columns,
    first: (ownRows + anchor) * columns,
    second: (ownRows + rowOf(other)) * columns,
  }
}

/** log Σ_n e^f; −Infinity where the anchor has no negative. */
function logSumOf(cells: Float32Array, task: AngularTask, k: number): number {
  const { relation, tan2 } = task
  const { own, mask, first, second } = placesOf(task, k)
  let largest = -Infinity
  for (let n = 0; n < relation.columns; n++)
    if (relation.cells[mask + n] === negative)
      largest = Math.max(largest, (cells[first + n] as number) + (cells[second + n] as number))
  if (largest === -Infinity) return -Infinity
  let sum = 0
  for (let n = 0; n < relation.columns; n++)
    if (relation.cells[mask + n] === negative)
      sum += Math.exp(
        4 * tan2 * ((cells[first + n] as number) + (cells[second + n] as number) - largest),
      )
  return Math.log(sum) + 4 * tan2 * largest - 2 * (1 + tan2) * (cells[own] as number)
}

function addSlopes(
  slopes: Float64Array,
  cells: Float32Array,
  task: AngularTask,
  { k, log, weight }: { readonly k: number; readonly log: number; readonly weight: number },
): void {
  const { relation, tan2 } = task
  const { own, mask, first, second } = placesOf(task, k)
  const push = weight / (1 + Math.exp(-log))
  if (push === 0) return
  const pull = 2 * (1 + tan2)
  const total = log + pull * (cells[own] as number)
  for (let n = 0; n < relation.columns; n++) {
    if (relation.cells[mask + n] !== negative) continue
    const both = (cells[first + n] as number) + (cells[second + n] as number)
    const share = push * 4 * tan2 * Math.exp(4 * tan2 * both - total)
    slopes[first + n] = (slopes[first + n] as number) + share
    slopes[second + n] = (slopes[second + n] as number) + share
  }
  slopes[own] = (slopes[own] as number) - push * pull
}

function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}
