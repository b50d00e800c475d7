import type { RandomStream } from '../../numeric/random.ts'
import type { Triplets } from '../loss.ts'
import { ignored, negative, positive } from '../relation.ts'
import type { Relation } from '../relation.ts'
import type { Geometry, Table } from './geometry.ts'

/** What a miner chooses from. */
export interface MinerView {
  readonly relation: Relation
  readonly geometry: Geometry
  /** For miners that draw: the same in every run of one seed, at the same step. */
  readonly stream: RandomStream
}

/** What is left for the loss. */
export interface Mined {
  /** All other pairs are ignored. */
  readonly relation: Relation
  /** Where whole triplets were chosen; the relation then has the pairs that occur in them. */
  readonly triplets?: Triplets
}

/** Chooses pairs or triplets; a pure function, through which no gradient flows. */
export type Miner<Params> = (view: MinerView, params: Params) => Mined

/** How near two rows are, in the words of a miner's thresholds. */
export const measures = ['distance', 'cosine'] as const
export type Measure = (typeof measures)[number]

/** The measure as something that grows with distance, so that one rule serves both: a cosine negated. */
export function farnessOf(geometry: Geometry, measure: Measure): Table {
  return measure === 'distance' ? geometry.distances() : geometry.cosines().map((s) => -s)
}

/** The pairs for which `isKept` holds. @param isKept gets a cell's place and what it is */
export function keptPairs(
  relation: Relation,
  isKept: (at: number, isPositive: boolean) => boolean,
): Relation {
  const cells = new Int8Array(relation.cells.length)
  for (let at = 0; at < cells.length; at++) {
    const cell = relation.cells[at] ?? ignored
    if (cell !== ignored && isKept(at, cell === positive)) cells[at] = cell
  }
  return { ...relation, cells }
}

/** At most this many triplets reach a loss: a memory of thousands would make millions. */
export const mostTriplets = 1_000_000

/** Gathers triplets, and narrows the relation to the pairs that occur in them. */
export class TripletCollector {
  private readonly anchors: number[] = []
  private readonly positives: number[] = []
  private readonly negatives: number[] = []

  add(anchor: number, positive: number, negative: number): void {
    this.anchors.push(anchor)
    this.positives.push(positive)
    this.negatives.push(negative)
  }

  mined(relation: Relation): Mined {
    const triplets = {
      anchors: Int32Array.from(this.anchors),
      positives: Int32Array.from(this.positives),
      negatives: Int32Array.from(this.negatives),
    }
    const { columns } = relation
    const cells = new Int8Array(relation.cells.length)
    for (let t = 0; t < triplets.anchors.length; t++) {
      const start = (triplets.anchors[t] ?? 0) * columns
      cells[start + (triplets.positives[t] ?? 0)] = positive
      cells[start + (triplets.negatives[t] ?? 0)] = negative
    }
    return { relation: { ...relation, cells }, triplets }
  }
}

/** The others of an anchor that are one thing to it, ascending. */
export function othersOf({ columns, cells }: Relation, anchor: number, value: number): number[] {
  const found: number[] = []
  for (let j = 0; j < columns; j++) if (cells[anchor * columns + j] === value) found.push(j)
  return found
}
