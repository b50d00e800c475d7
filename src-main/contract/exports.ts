import type { RunId } from './runs.ts'

export interface ExportRequest {
  readonly run: RunId
  /** `backbone` gives features, `embedding` backbone + projector + unit length; null for no model. */
  readonly model: 'backbone' | 'embedding' | null
  /** Write `embeddings.npy` and `embeddings.csv` of the last epoch. */
  readonly embeddings: boolean
  /** Where to; null for `exports/<run>` in the project. */
  readonly folder: string | null
}

export interface ExportResult {
  readonly folder: string
  /** Names relative to `folder`. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
  /** The exported model, loaded again and asked for the same images; null when no model was written. */
  readonly parity: {
    readonly images: number
    /** Largest absolute difference of a coordinate. */
    readonly maxDifference: number
  } | null
}
