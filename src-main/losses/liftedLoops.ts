import type { ContrastiveParams } from './contrastive.ts'
import type { ValueAndSlopes } from './numerics.ts'
import { negative, positivePairs } from './relation.ts'
import type { Relation } from './relation.ts'
import { termWeights } from './termWeights.ts'

/**
 * The lifted structure loss of a matrix of distances, with its slopes, in loops.
 *
 * @param distances `[rows, columns]`
 */
export function liftedOf(
  distances: Float32Array,
  relation: Relation,
  { positiveMargin, negativeMargin, reducer }: Omit<ContrastiveParams, 'distance'>,
): ValueAndSlopes {
  const { rows, columns, cells } = relation
  const pushes = pushesOf(distances, relation, negativeMargin)
  const { anchors, positives } = positivePairs(relation)
  const pushOf = (column: number) => (column < rows ? (pushes[column] as number) : -Infinity)
  const goals = Float64Array.from(anchors, (i, k) => {
    const j = positives[k] as number
    const near = (distances[i * columns + j] as number) - positiveMargin
    return near + logAddExp(pushOf(i), pushOf(j))
  })
  const values = goals.map((goal) => Math.max(0, goal) ** 2 / 2)
  const weights = termWeights({ values, anchors, rows }, reducer)

  const slopes = new Float32Array(distances.length)
  const ofPushes = new Float64Array(rows)
  let value = 0
  for (let k = 0; k < anchors.length; k++) {
    const slope = (weights[k] as number) * Math.max(0, goals[k] as number)
    if (slope === 0) continue
    value += (weights[k] as number) * (values[k] as number)
    const [i, j] = [anchors[k] as number, positives[k] as number]
    slopes[i * columns + j] = (slopes[i * columns + j] as number) + slope
    const total = logAddExp(pushOf(i), pushOf(j))
    for (const end of [i, j])
      if (end < rows)
        ofPushes[end] = (ofPushes[end] as number) + slope * Math.exp(pushOf(end) - total)
  }
  for (let i = 0; i < rows; i++) {
    const push = ofPushes[i] as number
    if (push === 0) continue
    for (let at = i * columns; at < (i + 1) * columns; at++)
      if (cells[at] === negative)
        slopes[at] =
          (slopes[at] as number) -
          push * Math.exp(negativeMargin - (distances[at] as number) - (pushes[i] as number))
  }
  return { value, slopes }
}

/** log Σ_n e^(m₋ − d_in) of each anchor; −Infinity without a negative. */
function pushesOf(
  distances: Float32Array,
  { rows, columns, cells }: Relation,
  margin: number,
): Float64Array {
  const pushes = new Float64Array(rows).fill(-Infinity)
  for (let i = 0; i < rows; i++) {
    let nearest = Infinity
    for (let at = i * columns; at < (i + 1) * columns; at++)
      if (cells[at] === negative) nearest = Math.min(nearest, distances[at] as number)
    if (nearest === Infinity) continue
    let sum = 0
    for (let at = i * columns; at < (i + 1) * columns; at++)
      if (cells[at] === negative) sum += Math.exp(nearest - (distances[at] as number))
    pushes[i] = margin - nearest + Math.log(sum)
  }
  return pushes
}

/** log(eᵃ + eᵇ); either may be −Infinity. */
function logAddExp(a: number, b: number): number {
  const maximum = Math.max(a, b)
  if (maximum === -Infinity) return -Infinity
  return maximum + Math.log1p(Math.exp(Math.min(a, b) - maximum))
}
