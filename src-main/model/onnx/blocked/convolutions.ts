import { hasPhases } from '../../../numeric/onnx/blockedPhases.ts'
import type { Value } from '../../../numeric/onnx/graph.ts'
import { windowOf } from '../../layers/window.ts'
import { mirroredPadding, sidesOf } from './blockedConvolution.ts'
import type {
  BlockedConvolution,
  ConvolutionLayer,
  ConvolutionOptions,
} from './blockedConvolution.ts'
import { depthwiseConvolution } from './depthwiseConvolution.ts'
import { fullConvolution } from './fullConvolution.ts'
import type { BlockedMap } from './map.ts'

/** Whether {@link convolutionOf} can take the layer on such a map, `[batch, channels, height, width]`. */
export function canConvolve(layer: ConvolutionLayer, x: Value): boolean {
  if (layer.bias) return false
  const window = windowOf(layer, x)
  const sides = sidesOf(x)
  if (layer.stride === 1 || layer.kind === 'depthwise')
    return Object.values(mirroredPadding(window, sides)).every((length) => length >= 0)
  // dL/dinput of 1×1 with a stride leaves out the last row of odd sides.
  return layer.size === 1 ? sides.every((side) => side % 2 === 0) : hasPhases(window, sides)
}

export function convolutionOf(
  layer: ConvolutionLayer,
  input: BlockedMap,
  options: ConvolutionOptions,
): BlockedConvolution {
  return layer.kind === 'conv'
    ? fullConvolution(layer, input, options)
    : depthwiseConvolution(layer, input, options)
}
