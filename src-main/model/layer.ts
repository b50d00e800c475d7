import type { Layer } from '../contract/network.ts'

export type { Border, Layer, PaddingKind, PoolWindow } from '../contract/network.ts'

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
