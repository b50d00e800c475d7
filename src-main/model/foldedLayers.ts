import { partsOf } from './layer.ts'
import type { Layer, LayerOf } from './layer.ts'

/** A layer whose output is linear in its kernel, and so can take in a batch norm that follows. */
export type LinearLayer = LayerOf<'conv' | 'depthwise' | 'dense'>

/**
 * The layers that compute the same in evaluation: without dropout, without marks of what is frozen, and
 * without the batch norms of {@link foldedPairs}, for which convolutions have a bias.
 */
export function foldedLayers(layers: readonly Layer[]): readonly Layer[] {
  const plain = evaluationLayers(layers)
  return plain.flatMap((layer, i): readonly Layer[] => {
    const before = plain[i - 1]
    if (layer.kind === 'batchNorm' && before && isLinear(before)) return []
    if (layer.kind === 'residual') {
      const { body, shortcut } = layer
      return [{ ...layer, body: foldedLayers(body), shortcut: foldedLayers(shortcut) }]
    }
    const hasBias = plain[i + 1]?.kind === 'batchNorm'
    return [hasBias && isConvolution(layer) ? { ...layer, bias: true } : layer]
  })
}

/** Every batch norm that follows a convolution or a dense layer, at any depth. */
export function foldedPairs(
  layers: readonly Layer[],
): readonly { readonly linear: LinearLayer; readonly norm: LayerOf<'batchNorm'> }[] {
  const plain = evaluationLayers(layers)
  return plain.flatMap((layer, i) => {
    const before = plain[i - 1]
    if (layer.kind === 'batchNorm' && before && isLinear(before))
      return [{ linear: before, norm: layer }]
    return partsOf(layer).flatMap(foldedPairs)
  })
}

function evaluationLayers(layers: readonly Layer[]): readonly Layer[] {
  return layers.flatMap((layer): readonly Layer[] => {
    if (layer.kind === 'frozen') return evaluationLayers(layer.layers)
    return layer.kind === 'dropout' ? [] : [layer]
  })
}

function isLinear(layer: Layer): layer is LinearLayer {
  return isConvolution(layer) || layer.kind === 'dense'
}

function isConvolution(layer: Layer): layer is LayerOf<'conv' | 'depthwise'> {
  return layer.kind === 'conv' || layer.kind === 'depthwise'
}
