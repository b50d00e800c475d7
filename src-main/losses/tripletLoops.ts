import type { Triplets } from './loss.ts'
import type { ValueAndSlopes } from './numerics.ts'
import type { Reducer } from './reducer.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import { sortedTriplets } from './sortedTriplets.ts'

/**
 * - `semi-hard`: the negative is farther than the positive, but by no more than the margin
 *   (Schroff et al., "FaceNet", CVPR 2015, arXiv:1503.03832)
 * - `batch-hard`: an anchor's farthest positive and nearest negative
 *   (Hermans et al., "In Defense of the Triplet Loss", 2017, arXiv:1703.07737)
 * - `all`: every triplet
 */
export const minings = ['semi-hard', 'batch-hard', 'all'] as const
export type Mining = (typeof minings)[number]

export const tripletForms = ['hinge', 'soft'] as const

export interface TripletRule {
  /** How much farther than the positive a negative shall be, in distances; FaceNet takes .2. */
  readonly margin: number
  /** Of the relation's triplets; triplets that a miner gives are taken as they are. */
  readonly mining: Mining
  /** `hinge`: max(0, x); `soft`: log(1 + eˣ), which never quite stops pulling. */
  readonly form: (typeof tripletForms)[number]
  /** Takes the negative's distance to the positive where that is smaller (Balntas et al., BMVC 2016). */
  readonly isSwapped: boolean
  readonly reducer: Reducer
}

/** What a triplet loss is made of. */
export interface TripletTask {
  readonly relation: Relation
  readonly rule: TripletRule
  readonly given?: Triplets
}

/** Softplus of less is 0 in float64. */
const leastExcess = -745

/**
 * A triplet loss of a matrix of distances, with its slopes.
 *
 * Hinges of all or of semi-hard triplets come from sorted distances, n log n an anchor; everything else
 * looks at each triplet.
 *
 * @param distances `[rows, columns]`
 */
export function tripletsOf(distances: Float32Array, task: TripletTask): ValueAndSlopes {
  const { relation, rule, given } = task
  const { form, isSwapped, reducer, mining } = rule
  const isSortable = form === 'hinge' && !isSwapped && reducer.kind !== 'threshold'
  if (isSortable && !given && mining !== 'batch-hard')
    return sortedTriplets(distances, relation, { ...rule, mining, reducer: reducer.kind })

  const visit = given ? visitorOfGiven(given) : visitorOf(distances, relation, rule)
  const weightOf = weightsOf(reducer, relation.rows, visit)
  const total = new Total(distances, relation, rule)
  visit((anchor, near, far) => total.add(anchor, near, far, weightOf(anchor)))
  return total.reduced()
}

type Visit = (take: (anchor: number, near: number, far: number) => void) => void

function visitorOfGiven({ anchors, positives, negatives }: Triplets): Visit {
  return (take) => {
    for (const [t, anchor] of anchors.entries())
      take(anchor, positives[t] as number, negatives[t] as number)
  }
}

function visitorOf(
  distances: Float32Array,
  { rows, columns, cells }: Relation,
  { mining, margin }: TripletRule,
): Visit {
  return (take) => {
    for (let anchor = 0; anchor < rows; anchor++) {
      const start = anchor * columns
      let positives = columnsWith(cells, start, columns, positive)
      let negatives = columnsWith(cells, start, columns, negative)
      if (mining === 'batch-hard') {
        positives = positives.length > 0 ? [extreme(distances, start, positives, 1)] : positives
        negatives = negatives.length > 0 ? [extreme(distances, start, negatives, -1)] : negatives
      }
      for (const p of positives) {
        const near = distances[start + p] as number
        for (const n of negatives) {
          const gap = (distances[start + n] as number) - near
          if (mining !== 'semi-hard' || (gap > 0 && gap <= margin)) take(anchor, p, n)
        }
      }
    }
  }
}

function columnsWith(cells: Int8Array, start: number, columns: number, value: number): number[] {
  const found: number[] = []
  for (let j = 0; j < columns; j++) if (cells[start + j] === value) found.push(j)
  return found
}

/** The first of the columns that is farthest (sign 1) or nearest (sign −1). */
function extreme(
  distances: Float32Array,
  start: number,
  columns: readonly number[],
  sign: 1 | -1,
): number {
  let best = columns[0] as number
  for (const j of columns)
    if (sign * ((distances[start + j] as number) - (distances[start + best] as number)) > 0)
      best = j
  return best
}

/** What each term of an anchor is multiplied by before all are added. */
function weightsOf(reducer: Reducer, rows: number, visit: Visit): (anchor: number) => number {
  if (reducer.kind !== 'per-anchor') return () => 1
  const counts = new Float64Array(rows)
  visit((anchor) => {
    counts[anchor] = (counts[anchor] as number) + 1
  })
  return (anchor) => 1 / ((counts[anchor] as number) * rows)
}

/** Adds terms up. */
class Total {
  private readonly slopes: Float64Array
  private sum = 0
  private count = 0
  private readonly distances: Float32Array
  private readonly relation: Relation
  private readonly rule: TripletRule

  constructor(distances: Float32Array, relation: Relation, rule: TripletRule) {
    this.distances = distances
    this.relation = relation
    this.rule = rule
    this.slopes = new Float64Array(distances.length)
  }

  add(anchor: number, near: number, far: number, weight: number): void {
    const { distances, relation, rule, slopes } = this
    const { columns, rows } = relation
    const atNear = anchor * columns + near
    const atFar = anchor * columns + far
    const own = distances[atFar] as number
    // A positive that is no anchor has no distances of its own.
    const atOther = rule.isSwapped && near < rows ? near * columns + far : -1
    const other = atOther < 0 ? Infinity : (distances[atOther] as number)
    const excess = (distances[atNear] as number) - Math.min(own, other) + rule.margin
    const isHinge = rule.form === 'hinge'
    const value = isHinge ? Math.max(0, excess) : softplus(excess)
    if (!this.isIn(value, excess)) return
    this.count++
    const slope = weight * (isHinge ? (excess > 0 ? 1 : 0) : 1 / (1 + Math.exp(-excess)))
    if (slope === 0) return
    this.sum += weight * value
    slopes[atNear] = (slopes[atNear] as number) + slope
    // Of two that are the same each takes half, as the reference has it.
    const share = own < other ? 1 : own === other ? 0.5 : 0
    slopes[atFar] = (slopes[atFar] as number) - share * slope
    if (atOther >= 0) slopes[atOther] = (slopes[atOther] as number) - (1 - share) * slope
  }

  reduced(): ValueAndSlopes {
    const { kind } = this.rule.reducer
    const divisor = kind === 'sum' || kind === 'per-anchor' ? 1 : Math.max(this.count, 1)
    return {
      value: this.sum / divisor,
      slopes: Float32Array.from(this.slopes, (slope) => slope / divisor),
    }
  }

  private isIn(value: number, excess: number): boolean {
    const { reducer, form } = this.rule
    if (reducer.kind === 'non-zero') return excess > (form === 'hinge' ? 0 : leastExcess)
    return reducer.kind !== 'threshold' || (value > reducer.low && value < reducer.high)
  }
}

function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}
