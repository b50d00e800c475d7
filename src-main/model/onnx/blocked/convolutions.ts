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
import { kernelGradientByFilter } from '../../../numeric/onnx/convolution.ts'
import type { Padding, Window } from '../../../numeric/onnx/convolution.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
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
  if (layer.stride === 1) return Object.values(mirroredPadding(window)).every((side) => side >= 0)
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
  const laidOut = input.isBlocked ? blockedKernel(g, kernel, block) : imageKernel(g, kernel, block)

  function paddedKernel(): Value {
    const weight = scope.weight(`${layer.name}/kernel`)
    const missingInputs = (first.shape[1] ?? 0) - input.channels
    const missingFilters = paddedChannels(filters, block) - filters
    if (missingInputs === 0 && missingFilters === 0) return weight
    return onnx.padEnd(g, weight, [0, 0, missingInputs, missingFilters])
  }

  function gradientOfPart(dy: Value, i: number): Value {
    const xLast = input.channelsLast(i)
    const [batch = 0, height = 0, width = 0, channels = 0] = xLast.shape
    if (size > 1 || layer.stride > 1) {
      const byFilter = onnx.transpose(g, fromBlocked(g, dy, filters), [1, 0, 2, 3])
      return kernelGradientByFilter(g, xLast, byFilter, window)
    }
    const positions = batch * height * width
    const x = onnx.reshape(g, xLast, [positions, channels])
    const dyLast = fromBlocked(g, dy, filters, { isLast: true })
    const rows = onnx.reshape(g, dyLast, [positions, filters])
    const product = onnx.matMul(g, x, rows, { transposeA: true })
    return onnx.reshape(g, product, [1, 1, channels, filters])
  }

  return {
    filters,
    forward: (part, bias) => blockedConv(g, part, laidOut, { window, ...(bias && { bias }) }),
    kernelGradient(dys, factors) {
      const whole = total(g, dys.map(gradientOfPart))
      return onnx.mul(g, whole, shortened(g, factors, filters))
    },
    inputGradient(factors) {
      const scaled = onnx.mul(g, kernel, factors)
      const options = { block, isDepthwise: false }
      if (layer.stride === 1 || size > 1)
        return inputGradientOf(g, scaled, { window, sides: sidesOf(first), ...options }, (part) =>
          blockedMirrorKernel(g, part, block),
        )
      const mirror = blockedMirrorKernel(g, scaled, block)
      const pointwise = { stride: 1, padding: noPadding }
      return (dy) => blockedSpread(g, blockedConv(g, dy, mirror, { window: pointwise }), block)
    },
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
      const scaled = onnx.mul(g, kernel, factors)
      const options = { window, sides: sidesOf(first), block, isDepthwise }
      return inputGradientOf(g, scaled, options, (part) =>
        depthwiseKernel(g, onnx.turnedAround(g, part, [0, 1]), block),
      )
    },
  }
}

interface InputGradientOptions {
  readonly window: Window
  readonly sides: readonly [number, number]
  readonly block: number
  readonly isDepthwise: boolean
}

/** @param mirror turns a kernel around and brings it into the blocked form */
function inputGradientOf(
  g: Graph,
  kernel: Value,
  { window, sides, block, isDepthwise }: InputGradientOptions,
  mirror: (kernel: Value) => Value,
): (dy: Value) => Value {
  if (window.stride === 1) {
    const whole = mirror(kernel)
    const mirrored = { stride: 1, padding: mirroredPadding(window) }
    return (dy) => blockedConv(g, dy, whole, { window: mirrored, isDepthwise })
  }
  const phases = phaseKernels(g, kernel, { window, sides }, mirror)
  return (dy) => blockedPhaseGradient(g, dy, phases, { block, isDepthwise })
}

/** Padding around dL/doutput at stride 1, from which dL/dinput is a convolution. */
function mirroredPadding({ size, padding }: Window): Padding {
  const last = size - 1
  return {
    top: last - padding.top,
    bottom: last - padding.bottom,
    left: last - padding.left,
    right: last - padding.right,
  }
}

function sidesOf({ shape: [, , height = 0, width = 0] }: Value): readonly [number, number] {
  return [height, width]
}

const noPadding: Padding = { top: 0, bottom: 0, left: 0, right: 0 }
