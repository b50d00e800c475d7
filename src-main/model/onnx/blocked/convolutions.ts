import {
  blockedConv,
  blockedKernelProducts,
  blockedSpread,
  fromBlocked,
  paddedChannels,
} from '../../../numeric/onnx/blocked.ts'
import {
  blockedKernel,
  blockedMirrorKernel,
  depthwiseKernel,
  imageKernel,
} from '../../../numeric/onnx/blockedKernels.ts'
import {
  blockedPhaseGradient,
  hasPhases,
  phaseKernels,
} from '../../../numeric/onnx/blockedPhases.ts'
import {
  canPairRows,
  rowPairConv,
  rowPairGradients,
  rowPairKernelGradient,
  rowPairKernels,
} from '../../../numeric/onnx/blockedRowPairs.ts'
import { kernelGradientByFilter } from '../../../numeric/onnx/convolution.ts'
import type { Padding, Window } from '../../../numeric/onnx/convolution.ts'
import type { Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'
import type { LayerOf } from '../../layer.ts'
import type { GraphScope } from '../../layers/rule.ts'
import { windowOf } from '../../layers/window.ts'
import { partOf, shortened, total } from './map.ts'
import type { BlockedMap } from './map.ts'

export type ConvolutionLayer = LayerOf<'conv' | 'depthwise'>

/** A convolution of a blocked map, without its bias. */
export interface BlockedConvolution {
  /** How many filters it has, without those that fill up the last block. */
  readonly filters: number
  /** @param bias `[padded filters]` */
  forward(part: Value, bias?: Value): Value
  /**
   * dL/dkernel in the shape of the weight, each filter's times its factor.
   *
   * @param factors `[padded filters]`
   */
  kernelGradient(dys: readonly Value[], factors: Value): Value
  /** From dL/doutput to dL/dinput of a part, each filter's share times its factor. */
  inputGradient(factors: Value): (dy: Value) => Value
}

export interface ConvolutionOptions {
  readonly scope: GraphScope
  readonly block: number
  /** Filters are multiplied with it, `[padded filters]`. */
  readonly direction: Value | null
}

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

function fullConvolution(
  layer: LayerOf<'conv'>,
  input: BlockedMap,
  { scope, block, direction }: ConvolutionOptions,
): BlockedConvolution {
  const g = scope.graph
  const { size, filters } = layer
  const first = partOf(input.parts, 0)
  const window = windowOf(layer, first)
  const whole = paddedKernel()
  const kernel = direction ? onnx.mul(g, whole, direction) : whole
  const [, , height = 0] = first.shape
  const { channels } = input
  const isPaired = input.isBlocked && canPairRows(window, { channels, filters, height })

  function paddedKernel(): Value {
    const weight = scope.weight(`${layer.name}/kernel`)
    const missingInputs = (first.shape[1] ?? 0) - input.channels
    const missingFilters = paddedChannels(filters, block) - filters
    if (missingInputs === 0 && missingFilters === 0) return weight
    return onnx.padEnd(g, weight, [0, 0, missingInputs, missingFilters])
  }

  return {
    filters,
    forward: isPaired ? pairedForward() : plainForward(),
    kernelGradient(dys, factors) {
      const own = shortened(g, factors, filters)
      return isPaired
        ? pairedGradient(dys, own)
        : onnx.mul(g, total(g, dys.map(gradientOfPart)), own)
    },
    inputGradient(factors) {
      const scaled = onnx.mul(g, kernel, factors)
      const laidOut = (part: Value) => blockedMirrorKernel(g, part, block)
      const sides = sidesOf(first)
      const padding = mirroredPadding(window, sides)
      if (isPaired) {
        const kernels = rowPairKernels(g, scaled, true, laidOut)
        return (dy) => rowPairConv(g, dy, kernels, { padding, block })
      }
      if (layer.stride === 2 && size > 1) {
        const phases = phaseKernels(g, scaled, { window, sides }, laidOut)
        return (dy) => blockedPhaseGradient(g, dy, phases, block)
      }
      const mirror = laidOut(scaled)
      if (layer.stride === 1)
        return (dy) => blockedConv(g, dy, mirror, { window: { stride: 1, padding } })
      const pointwise = { stride: 1, padding: noPadding }
      return (dy) => blockedSpread(g, blockedConv(g, dy, mirror, { window: pointwise }), block)
    },
  }

  function plainForward(): BlockedConvolution['forward'] {
    const laidOut = input.isBlocked
      ? blockedKernel(g, kernel, block)
      : imageKernel(g, kernel, block)
    return (part, bias) => blockedConv(g, part, laidOut, { window, ...(bias && { bias }) })
  }

  function pairedForward(): BlockedConvolution['forward'] {
    const kernels = rowPairKernels(g, kernel, false, (row) => blockedKernel(g, row, block))
    const { padding } = window
    return (part, bias) => rowPairConv(g, part, kernels, { padding, block, ...(bias && { bias }) })
  }

  function pairedGradient(dys: readonly Value[], factors: Value): Value {
    const { padding } = window
    const ofParts = dys.map((dy, i) =>
      rowPairGradients(g, partOf(input.parts, i), byFilter(dy), { padding, channels, block }),
    )
    const sumOf = (product: 0 | 1 | 2 | 3) =>
      total(
        g,
        ofParts.map((gradients) => gradients[product]),
      )
    return rowPairKernelGradient(g, [sumOf(0), sumOf(1), sumOf(2), sumOf(3)], factors)
  }

  function gradientOfPart(dy: Value, i: number): Value {
    if (size > 1)
      return kernelGradientByFilter(g, input.channelsLast(i), byFilter(dy), {
        ...window,
        sides: [size, size],
      })
    // A 1×1 kernel sees only every second element in both directions at stride 2.
    const x = everySecond(input.channelsLast(i), layer.stride)
    const [batch = 0, rows = 0, columns = 0] = x.shape
    const positions = batch * rows * columns
    const dyLast = fromBlocked(g, dy, filters, { isLast: true })
    const product = onnx.matMul(
      g,
      onnx.reshape(g, x, [positions, channels]),
      onnx.reshape(g, dyLast, [positions, filters]),
      { transposeA: true },
    )
    return onnx.reshape(g, product, [1, 1, channels, filters])
  }

  function everySecond(xLast: Value, step: number): Value {
    if (step === 1) return xLast
    const [, height = 0, width = 0] = xLast.shape
    return onnx.slice(g, xLast, [
      { axis: 1, start: 0, end: height, step },
      { axis: 2, start: 0, end: width, step },
    ])
  }

  function byFilter(dy: Value): Value {
    return onnx.transpose(g, fromBlocked(g, dy, filters), [1, 0, 2, 3])
  }
}

function depthwiseConvolution(
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

/** Padding around dL/doutput, zeros in between for a stride, from which dL/dinput is a convolution. */
function mirroredPadding(
  { size, stride, padding }: Window,
  [height, width]: readonly [number, number],
): Padding {
  const along = (side: number, before: number, after: number) => {
    const windows = Math.floor((side + before + after - size) / stride) + 1
    const start = size - 1 - before
    return [start, side - stride * windows - start + size - 1] as const
  }
  const [top, bottom] = along(height, padding.top, padding.bottom)
  const [left, right] = along(width, padding.left, padding.right)
  return { top, bottom, left, right }
}

function sidesOf({ shape: [, , height = 0, width = 0] }: Value): readonly [number, number] {
  return [height, width]
}

const noPadding: Padding = { top: 0, bottom: 0, left: 0, right: 0 }
