import type { RunEvent, Score } from '../contract/runs.ts'
import type { RunControl } from './runControl.ts'
import type { CancelAnswer, CancelRequest } from './suspectStage.ts'

/** What a run needs of the outside: the composition hands it in. */
export interface TrainingHooks {
  /** Called for each event when it is already in `events.jsonl`. */
  readonly emit: (event: RunEvent) => void
  /**
   * Writes `embeddings/<epoch>.npy` and the features beside it, and places the epoch on the sphere;
   * resolves when all can be read. The rows are valid until then.
   */
  readonly storeEmbedding: (embedding: EpochEmbedding) => Promise<void>
  /** Retrieval of rows among rows; null where no query has a fellow in the gallery. */
  readonly score: (request: ScoreRequest) => Promise<Score | null>
  /** The most suspected of the pairs that the run takes for negatives. */
  readonly findSuspects: (request: CancelRequest) => Promise<CancelAnswer>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly control: RunControl
}

export interface EpochEmbedding {
  readonly epoch: number
  /** Unit rows of all images of the run in their order, un-augmented, `[images, dim]`. */
  readonly rows: Float32Array
  readonly dim: number
  /** What the backbone makes of the same images, not normalised, `[images, featureDim]`. */
  readonly features: Float32Array
}

export interface ScoreRequest {
  /** Unit rows of all images, `[images, dim]`. */
  readonly rows: Float32Array
  readonly dim: number
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  /** Images that are asked for. */
  readonly queries: Int32Array
  /** Images that they are looked for among; a query is not its own neighbour. */
  readonly gallery: Int32Array
}
