/** Layers with weights have a name that is unique in the network, such as `backbone/conv1`. */
export type Layer =
  | {
      readonly kind: 'conv'
      readonly name: string
      readonly filters: number
      /** Side of the square kernel. */
      readonly size: number
      readonly stride: 1 | 2
      readonly padding: 'same' | 'valid'
      readonly bias: boolean
    }
  | { readonly kind: 'batchNorm'; readonly name: string }
  | { readonly kind: 'relu' }
  | { readonly kind: 'maxPool'; readonly size: 2; readonly stride: 2 }
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'dense'; readonly name: string; readonly units: number }

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
