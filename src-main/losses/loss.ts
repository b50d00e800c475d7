import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Relation } from './relation.ts'

/** What every loss sees of one training step. */
export interface Batch {
  /** Anchors: unit rows, `[rows, dim]`. */
  readonly rows: Tensor2D
  /** Others: unit rows, `[columns, dim]`; the very tensor of `rows` where no memory adds any. */
  readonly columns: Tensor2D
  readonly relation: Relation
}

/** A pure function: it keeps no state, owns no variable, and reads no clock or random source. */
export type Loss<Params> = (batch: Batch, params: Params) => Scalar
