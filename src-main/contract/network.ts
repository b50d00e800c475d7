/** Layers with weights have a name that is unique in the network, such as `backbone/conv1`. */
export type Layer =
  | {
      readonly kind: 'conv'
      readonly name: string
      readonly filters: number
      /** Side of the square kernel. */
      readonly size: number
      readonly stride: 1 | 2
      readonly padding: PaddingKind
      readonly bias: boolean
    }
  /** One filter for each channel. */
  | {
      readonly kind: 'depthwise'
      readonly name: string
      readonly size: number
      readonly stride: 1 | 2
      readonly padding: PaddingKind
      readonly bias: boolean
    }
  | { readonly kind: 'batchNorm'; readonly name: string }
  | { readonly kind: 'relu' }
  | { readonly kind: 'relu6' }
  | { readonly kind: 'hardSwish' }
  | ({ readonly kind: 'maxPool' } & PoolWindow)
  | ({ readonly kind: 'averagePool' } & PoolWindow)
  /** Rows and columns of zeros around a map. */
  | ({ readonly kind: 'zeroPad' } & Border)
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'globalMaxPool' }
  | { readonly kind: 'dense'; readonly name: string; readonly units: number }
  | {
      readonly kind: 'dropout'
      /** Tells the masks of two layers apart. */
      readonly name: string
      /** Share of the channels that a training step leaves out, in [0, 1). */
      readonly rate: number
      readonly seed: number
    }
  | { readonly kind: 'l2Normalize' }
  /** body(x) + shortcut(x); no layers pass x on as it is. */
  | {
      readonly kind: 'residual'
      readonly body: readonly Layer[]
      readonly shortcut: readonly Layer[]
    }
  /** Layers that compute as in evaluation during training too, and whose weights stay. */
  | { readonly kind: 'frozen'; readonly layers: readonly Layer[] }

export interface PoolWindow {
  /** Side of the square window. */
  readonly size: number
  readonly stride: number
  readonly padding: PaddingKind
}

/** How many rows and columns lie on each side. */
export interface Border {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** `same` pads as TensorFlow does: the odd row below and right. */
export type PaddingKind = 'same' | 'valid'

/** A backbone that was read from a model of somebody else; its weights lie beside the run's configuration. */
export interface ImportedNetwork {
  readonly layers: readonly Layer[]
  /** Values of its images are (byte / 255 − offset) / scale. */
  readonly offset: number
  readonly scale: number
  /** Name of the layer whose output are the features. */
  readonly tap: string
  /** Side of the images that its padding is laid out for, px. */
  readonly size: number
}
