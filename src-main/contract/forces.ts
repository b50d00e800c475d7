import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

export interface ForceRequest {
  readonly run: RunId
  readonly epoch: number
  readonly image: ImageId
  /** How many single forces are told, the strongest. */
  readonly top: number
}

/** What training does to one image: minus the gradient of its batch's loss by its embedding. */
export interface ImageForces {
  readonly run: RunId
  readonly epoch: number
  readonly image: ImageId
  /** No batch deals the image: it is held out, or has no pair. All else is then empty. */
  readonly isUntouched: boolean
  /** Strongest first; null where the loss cannot be taken apart by pairs. */
  readonly forces: readonly ImageForce[] | null
  /** Forces in all, and how much of all strength {@link forces} has, in [0, 1]. */
  readonly count: number
  readonly toldShare: number
  /** All forces together in the linear view, as {@link ImageForce.arrow}. */
  readonly arrow: Arrow
  /** Length of the gradient, per radian. */
  readonly length: number
  /** Share of the gradient's squared length that lies outside the linear view, in [0, 1]. */
  readonly outsideShare: number
  /** If a step at the learning rate of then moved the embedding itself. */
  readonly degreesPerStep: number
  /** Where the image really went until the next stored epoch; null for the last one. */
  readonly moved: Motion | null
  readonly assumptions: readonly string[]
}

export interface ImageForce {
  /** The loss wants the two together. */
  readonly isPositive: boolean
  /** Towards the other, or away from it. */
  readonly isPull: boolean
  readonly end: ForceEnd
  readonly cosine: number
  /** Of the sum of the lengths of all forces, in [0, 1]. */
  readonly share: number
  readonly arrow: Arrow
}

export type ForceEnd =
  | { readonly kind: 'image' | 'memory'; readonly image: ImageId }
  | { readonly kind: 'proxy'; readonly label: string }

/** Along the ball at the image's place, per unit of the whole gradient's length. */
export type Arrow = readonly [number, number, number]

export interface Motion {
  readonly epoch: number
  readonly degrees: number
  /** Cosine between where it went and where the gradient pointed. */
  readonly agreement: number
}
