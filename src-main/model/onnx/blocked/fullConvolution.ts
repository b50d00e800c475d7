import {
  blockedConv,
  blockedSpread,
  fromBlocked,
  paddedChannels,
} from '../../../numeric/onnx/blocked.ts'
import {
  blockedKernel,
  blockedMirrorKernel,
  imageKernel,
} from '../../../numeric/onnx/blockedKernels.ts'
import { blockedPhaseGradient, phaseKernels } from '../../../numeric/onnx/blockedPhases.ts'
import { canPairRows } from '../../../numeric/onnx/blockedRowPairs.ts'
import { kernelGradientByFilter } from '../../../numeric/onnx/convolution.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'
import type { LayerOf } from '../../layer.ts'
import { windowOf } from '../../layers/window.ts'
import { mirroredPadding, sidesOf } from './blockedConvolution.ts'
import type { BlockedConvolution, ConvolutionOptions, FullKernel } from './blockedConvolution.ts'
import { partOf, shortened, total } from './map.ts'
import type { BlockedMap } from './map.ts'
import { rowPairConvolution } from './rowPairConvolution.ts'

/** All channels with each filter. */
export function fullConvolution(
  layer: LayerOf<'conv'>,
  input: BlockedMap,
  { scope, block, direction }: ConvolutionOptions,
): BlockedConvolution {
  const g = scope.graph
  const { filters } = layer
  const { channels, isBlocked } = input
  const first = partOf(input.parts, 0)
  const [, padded = 0, height = 0] = first.shape
  const whole = paddedKernel(g, scope.weight(`${layer.name}/kernel`), [
    padded,
    paddedChannels(filters, block),
  ])
  const kernel = direction ? onnx.mul(g, whole, direction) : whole
  const window = windowOf(layer, first)
  const form = { graph: g, block, window, kernel, filters }
  const isPaired = isBlocked && canPairRows(window, { channels, filters, height })
  return isPaired ? rowPairConvolution(input, form) : directConvolution(input, form)
}

/** With zeros for the channels that fill up the last block. */
function paddedKernel(
  g: Graph,
  weight: Value,
  [channels, filters]: readonly [number, number],
): Value {
  const [, , ownChannels = 0, ownFilters = 0] = weight.shape
  if (ownChannels === channels && ownFilters === filters) return weight
  return onnx.padEnd(g, weight, [0, 0, channels - ownChannels, filters - ownFilters])
}

function directConvolution(
  input: BlockedMap,
  { graph: g, block, window, kernel, filters }: FullKernel,
): BlockedConvolution {
  const { channels, isBlocked } = input
  const { size, stride } = window
  const laidOut = isBlocked ? blockedKernel(g, kernel, block) : imageKernel(g, kernel, block)
  return {
    filters,
    forward: (part, bias) => blockedConv(g, part, laidOut, { window, ...(bias && { bias }) }),
    kernelGradient(dys, factors) {
      const gradient = total(g, dys.map(size === 1 ? pointwiseGradient : gradientOfPart))
      return onnx.mul(g, gradient, shortened(g, factors, filters))
    },
    inputGradient(factors) {
      const scaled = onnx.mul(g, kernel, factors)
      const sides = sidesOf(partOf(input.parts, 0))
      const mirrorOf = (part: Value) => blockedMirrorKernel(g, part, block)
      if (stride === 2 && size > 1) {
        const phases = phaseKernels(g, scaled, { window, sides, block, laidOut: mirrorOf })
        return (dy) => blockedPhaseGradient(g, dy, phases)
      }
      const mirror = mirrorOf(scaled)
      if (stride === 1) {
        const mirrored = { stride: 1, padding: mirroredPadding(window, sides) }
        return (dy) => blockedConv(g, dy, mirror, { window: mirrored })
      }
      const pointwise = { stride: 1, padding: window.padding }
      return (dy) => blockedSpread(g, blockedConv(g, dy, mirror, { window: pointwise }), block)
    },
  }

  function gradientOfPart(dy: Value, i: number): Value {
    const byFilter = onnx.transpose(g, fromBlocked(g, dy, filters), [1, 0, 2, 3])
    const sides = [size, size] as const
    return kernelGradientByFilter(g, input.channelsLast(i), byFilter, { ...window, sides })
  }

  /** With a stride a 1×1 kernel sees only every second element in both directions. */
  function pointwiseGradient(dy: Value, i: number): Value {
    const x = everySecond(input.channelsLast(i))
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

  function everySecond(xLast: Value): Value {
    if (stride === 1) return xLast
    const [, height = 0, width = 0] = xLast.shape
    return onnx.slice(g, xLast, [
      { axis: 1, start: 0, end: height, step: stride },
      { axis: 2, start: 0, end: width, step: stride },
    ])
  }
}
