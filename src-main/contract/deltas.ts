import type { RunId } from './runs.ts'

/** Two epochs, of one run or of two. */
export interface DeltasRequest {
  readonly left: { readonly run: RunId; readonly epoch: number }
  readonly right: { readonly run: RunId; readonly epoch: number }
}

/**
 * - `recallAt1`, `rPrecision`, `mapAtR`: as of retrieval; more is better
 * - `falsePush`: share of an anchor's repulsion that lands on images of its own label; less is better
 */
export type DeltaName = 'recallAt1' | 'rPrecision' | 'mapAtR' | 'falsePush'

/** The same images, measured on both sides. */
export interface Delta {
  readonly name: DeltaName
  readonly left: number
  readonly right: number
  /** Right less left. */
  readonly difference: number
  /** 95 % of the differences of images drawn anew lie between these. */
  readonly low: number
  readonly high: number
  readonly images: number
}

export interface RunDeltas {
  /** Empty where no image that both runs have has a label. */
  readonly deltas: readonly Delta[]
  /** What was measured on what, a sentence each. */
  readonly protocol: readonly string[]
}
