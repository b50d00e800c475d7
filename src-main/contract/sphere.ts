import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/** Where the un-augmented images of one epoch stand on the sphere, and how far that can be trusted. */
export interface SphereFrame {
  readonly run: RunId
  readonly epoch: number
  /** The epoch whose principal axes the picture is drawn in. */
  readonly frameEpoch: number
  /** `[n]` */
  readonly ids: Int32Array
  /** Unit vectors, `[n, 3]`. */
  readonly positions: Float32Array
  readonly faithfulness: Faithfulness
}

export interface Faithfulness {
  /** The embedding has three dimensions: the picture is the embedding, turned. */
  readonly isExact: boolean
  /** Share of the squared length of the rows that lies in the three axes shown, in [0, 1]. */
  readonly lengthShare: number
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
