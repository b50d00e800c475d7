import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import type { Relation } from './relation.ts'

/** What every loss sees of one training step. */
export interface Batch {
  /** Anchors: unit rows, `[rows, dim]`. */
  readonly rows: Tensor2D
  /** The same before they were made unit rows, `[rows, dim]`. */
  readonly raw: Tensor2D
  /** Others: unit rows, `[columns, dim]`; the very tensor of `rows` where no memory adds any. */
  readonly columns: Tensor2D
  /** The same before they were made unit rows, `[columns, dim]`; the very tensor of `raw` without a memory. */
  readonly rawColumns: Tensor2D
  /** Index of each anchor's label, −1 for none, `[rows]`. */
  readonly labels: Int32Array
  readonly relation: Relation
  /** What a mean over anchors divides by: how many have a pair before any miner has chosen. */
  readonly anchorCount: number
  /** What a miner chose; missing: every triplet that the relation has. Only triplet losses look at it. */
  readonly triplets?: Triplets
}

/** Ordered triplets by index: an anchor among the rows, a positive and a negative among the columns. */
export interface Triplets {
  readonly anchors: Int32Array
  readonly positives: Int32Array
  readonly negatives: Int32Array
}

/** What a loss learns beside the network's weights (proxies, a boundary, a temperature), by name. */
export type Learnt = Readonly<Record<string, Tensor>>

/** A pure function: it keeps no state, owns no variable, and reads no clock or random source. */
export type Loss<Params> = (batch: Batch, params: Params, learnt: Learnt) => Scalar

/** A value that the training step owns, updates beside the weights, and saves in its checkpoints. */
export interface LearntSpec {
  /** Unique in a run; of a sum of losses with the place of its term before it: `0.proxies`. */
  readonly name: string
  readonly shape: readonly number[]
  /** Where it begins, row by row; as long as `shape` says. */
  readonly start: Float32Array
  /** Multiplies the run's learning rate. */
  readonly learningRateFactor: number
  /** Where it is held after each step; missing: anywhere. */
  readonly min?: number
  readonly max?: number
}

/** What the start of learnt values depends on. */
export interface LearntContext {
  /** How many labels there are; `Batch.labels` is below it. */
  readonly labels: number
  /** Of the rows. */
  readonly dim: number
  readonly seed: number
}
