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

/** `same` pads as TensorFlow does: the odd row below and right. */
export type PaddingKind = 'same' | 'valid'

export type LayerOf<Kind extends Layer['kind']> = Extract<Layer, { kind: Kind }>

/** What passes between two layers, for one image. */
export type Activation =
  | {
      readonly kind: 'map'
      readonly height: number
      readonly width: number
      readonly channels: number
    }
  | { readonly kind: 'vector'; readonly channels: number }

/** The sequences of layers that a layer is made of; none for most. */
export function partsOf(layer: Layer): readonly (readonly Layer[])[] {
  if (layer.kind === 'residual') return [layer.body, layer.shortcut]
  return layer.kind === 'frozen' ? [layer.layers] : []
}

/** Whether training changes any weight of the layer or its parts. */
export function isTrainable(layer: Layer): boolean {
  switch (layer.kind) {
    case 'conv':
    case 'depthwise':
    case 'batchNorm':
    case 'dense':
      return true
    case 'residual':
      return partsOf(layer).flat().some(isTrainable)
    default:
      return false
  }
}
