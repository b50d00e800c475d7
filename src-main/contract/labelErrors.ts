import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/** An image whose label is probably wrong, and why. */
export interface LabelDoubt {
  readonly image: ImageId
  /** Indices into the run's label names. */
  readonly label: number
  readonly suggested: number
  /** Probability of the own label, by a model that never saw this image, in [0, 1]. */
  readonly ownProbability: number
  readonly suggestedProbability: number
  /** Sure enough, by confident learning, to be counted as an error. */
  readonly isConfident: boolean
  /** Of the nearest `neighbours` images, how many have the own label, and how many the suggested one. */
  readonly neighboursOwn: number
  readonly neighboursSuggested: number
}

/** Two labels that look like one thing under two names. */
export interface LabelTwins {
  readonly first: number
  readonly second: number
  /** How mixed the two are among their neighbours: 0 apart, 1 as if the names had been dealt at random. */
  readonly mixing: number
  readonly images: number
}

export interface LabelErrorsReport {
  readonly run: RunId
  readonly epoch: number
  /** As the run knows them; doubts and twins name labels by their places here. */
  readonly labelNames: readonly string[]
  /** Labelled images that were looked at. */
  readonly images: number
  /** Length of the lists that neighbours are counted in. */
  readonly neighbours: number
  /** Confident learning's estimate of how many labels are wrong. */
  readonly estimatedErrors: number
  /** The most doubtful first. */
  readonly doubts: readonly LabelDoubt[]
  /** The most mixed first. */
  readonly twins: readonly LabelTwins[]
  readonly assumptions: readonly string[]
}

export interface LabelErrorsRequest {
  readonly run: RunId
  /** Null for the last epoch that has an embedding. */
  readonly epoch: number | null
  /** Doubts that are listed, 1 … 10,000. */
  readonly top: number
}
