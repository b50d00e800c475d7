import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/**
 * How an embedding comes onto the sphere.
 *
 * - `linear`: along three fixed axes; motion is real and absolute.
 * - `neighbours`: near each other stands what is near in all dimensions; all other distances mean little.
 * - `exact`: an embedding of up to three dimensions, as it is.
 */
export const sphereViews = ['linear', 'neighbours', 'exact'] as const
export type SphereView = (typeof sphereViews)[number]

/** Where the un-augmented images of one epoch stand on the sphere, and how far that can be trusted. */
export interface SphereFrame {
  readonly run: RunId
  readonly epoch: number
  /** `exact` also where `linear` was asked for, if it is. */
  readonly view: SphereView
  /** The epoch whose principal axes the picture is drawn in; of `neighbours`, the frame's own. */
  readonly frameEpoch: number
  /** `[n]` */
  readonly ids: Int32Array
  /** Unit vectors, `[n, 3]`. */
  readonly positions: Float32Array
  readonly faithfulness: Faithfulness
  /**
   * Largest motion, in degrees, between two epochs that are the same: what the layout adds by itself. Null
   * where nothing is optimised.
   */
  readonly ownMotionDegrees: number | null
}

/** A picture of an epoch; `linear` if no view is named. */
export interface PictureRequest {
  readonly run: RunId
  readonly epoch: number
  readonly view?: SphereView | undefined
}

/** Two pictures, of one run or of two. */
export interface TurnRequest {
  readonly of: PictureRequest
  readonly to: PictureRequest
}

/** Lays one picture over another. */
export interface SphereTurn {
  /** A rotation by rows, `[3, 3]`: a place of the one, as a column, comes to where the other has it. */
  readonly matrix: readonly number[]
  /** Images that it was found by. */
  readonly shared: number
}

/** How far a picture or a clustering is that a call waits for. */
export interface PictureProgress {
  readonly run: RunId
  readonly epoch: number
  /** Finding nearest neighbours, laying them out, grouping or measuring them: one after the other. */
  readonly stage: 'nearest' | 'layout' | 'clusters' | 'measure'
  /** Of the stage, in [0, 1]. */
  readonly share: number
}

export interface Faithfulness {
  /** The embedding has three dimensions: the picture is the embedding, turned. */
  readonly isExact: boolean
  /**
   * Share of the squared length of the rows that lies in the three axes shown, in [0, 1]; null for
   * `neighbours`, which has none.
   */
  readonly lengthShare: number | null
  /** Falls when strangers are shown as neighbours, in [0, 1] (Venna & Kaski, ICANN 2001). */
  readonly trustworthiness: number
  /** Falls when neighbours are shown apart, in [0, 1]. */
  readonly continuity: number
  /** Share of an image's true nearest neighbours that are also nearest in the picture, in [0, 1]. */
  readonly neighboursKept: number
  /** The number of neighbours that count in the three above. */
  readonly k: number
}

/** True neighbours in all dimensions, nearest first, the image itself left out. */
export interface Neighbours {
  readonly of: ImageId
  readonly ids: Int32Array
  /** In [-1, 1]. */
  readonly cosines: Float32Array
}
