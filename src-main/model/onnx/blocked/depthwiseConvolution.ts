import { blockedConv, blockedKernelProducts, blockedSpread } from '../../../numeric/onnx/blocked.ts'
import { depthwiseKernel } from '../../../numeric/onnx/blockedKernels.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'
import type { LayerOf } from '../../layer.ts'
import { windowOf } from '../../layers/window.ts'
import { mirroredPadding, sidesOf } from './blockedConvolution.ts'
import type { BlockedConvolution, ConvolutionOptions } from './blockedConvolution.ts'
import { partOf, total } from './map.ts'
import type { BlockedMap } from './map.ts'

/** Each channel with a filter of its own. */
export function depthwiseConvolution(
  layer: LayerOf<'depthwise'>,
  input: BlockedMap,
  { scope, block, direction }: ConvolutionOptions,
): BlockedConvolution {
  const g = scope.graph
  const { size } = layer
  const { channels } = input
  const first = partOf(input.parts, 0)
  const padded = first.shape[1] ?? 0
  const window = windowOf(layer, first)
  const weight = onnx.reshape(g, scope.weight(`${layer.name}/kernel`), [size, size, channels])
  const whole = padded === channels ? weight : onnx.padEnd(g, weight, [0, 0, padded - channels])
  const kernel = direction ? onnx.mul(g, whole, direction) : whole
  const laidOut = depthwiseKernel(g, kernel, block)
  const isDepthwise = true
  return {
    filters: channels,
    forward: (part, bias) =>
      blockedConv(g, part, laidOut, { window, isDepthwise, ...(bias && { bias }) }),
    kernelGradient(dys, factors) {
      const products = dys.map((dy, i) =>
        blockedKernelProducts(g, partOf(input.parts, i), dy, { window, block }),
      )
      const scaled = onnx.mul(g, total(g, products), factors)
      const own =
        padded === channels ? scaled : onnx.slice(g, scaled, [{ axis: 2, start: 0, end: channels }])
      return onnx.reshape(g, own, [size, size, channels, 1])
    },
    inputGradient(factors) {
      const turned = onnx.turnedAround(g, onnx.mul(g, kernel, factors), [0, 1])
      const mirror = depthwiseKernel(g, turned, block)
      const mirrored = { stride: 1, padding: mirroredPadding(window, sidesOf(first)) }
      return (dy) => {
        // So few products that four maps in parts would take longer to put together.
        const x = layer.stride === 1 ? dy : blockedSpread(g, dy, block)
        return blockedConv(g, x, mirror, { window: mirrored, isDepthwise })
      }
    },
  }
}
