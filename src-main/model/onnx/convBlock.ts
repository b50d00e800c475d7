import { affine, dotOfChannels, sumOfChannels } from '../../numeric/onnx/channels.ts'
import type { BlockActivation } from '../../numeric/onnx/channels.ts'
import { conv, convInputGradient, convKernelGradient } from '../../numeric/onnx/convolution.ts'
import {
  depthwiseConv,
  depthwiseInputGradient,
  depthwiseKernelGradient,
} from '../../numeric/onnx/depthwise.ts'
import type { Graph, Value } from '../../numeric/onnx/graph.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import { batchNormEpsilon } from '../layers/batchNorm.ts'
import { windowOf } from '../layers/window.ts'
import type { Emitted, GraphScope } from '../layers/rule.ts'
import { emitBlockPool } from './blockPool.ts'

/** Convolution without bias, batch norm, an activation and perhaps a max-pool, one after the other. */
export interface ConvBlock {
  readonly conv: LayerOf<'conv' | 'depthwise'>
  readonly norm: LayerOf<'batchNorm'>
  readonly activation: BlockActivation
  /** Only after ReLU. */
  readonly hasPool: boolean
}

/**
 * The training form of a block in half as many passes as its layers would need:
 *
 * - The mean that the first image has in each channel is subtracted as the bias, which costs nothing
 *   and keeps E[x²] − E[x]² from cancelling where |mean| ≫ deviation: what is left of the mean is in
 *   the variance of the batch.
 * - With a kernel of the opposite sign where γ < 0, the scale is never negative, so that the max-pool
 *   may go before scale and ReLU and these work on a quarter of the values. (Only where γ is exactly
 *   0, and every window is a tie, does this choose another place than the layers would.)
 * - The scale γ/σ of the backward pass goes into kernels instead of maps.
 */
export function emitConvBlock(block: ConvBlock, input: Value, scope: GraphScope): Emitted {
  const { norm, activation, hasPool } = block
  const g = scope.graph
  const gamma = scope.weight(`${norm.name}/gamma`)
  const direction = hasPool ? directionOf(g, gamma) : null
  const signed = (vector: Value) => (direction ? onnx.mul(g, vector, direction) : vector)
  const kernel = kernelOf(block.conv, input, scope, direction)
  const shift = shiftOf()
  const x = kernel.forward(input, onnx.neg(g, shift))

  const [batch = 0, , height = 0, width = 0] = x.shape
  const count = batch * height * width
  const share = onnx.scalar(g, 1 / count)
  const mean = onnx.mul(g, sumOfChannels(g, x), share)
  const meanSquare = onnx.mul(g, dotOfChannels(g, x, x), share)
  const spread = onnx.sub(g, meanSquare, onnx.mul(g, mean, mean))
  const variance = onnx.max(g, spread, onnx.scalar(g, 0))
  scope.keepMoments({
    name: norm.name,
    mean: signed(onnx.add(g, mean, shift)),
    variance,
    count,
  })

  const root = onnx.sqrt(g, onnx.add(g, variance, onnx.scalar(g, batchNormEpsilon)))
  const inverse = onnx.reciprocal(g, root)
  const scale = onnx.mul(g, direction ? onnx.abs(g, gamma) : gamma, inverse)
  const beta = scope.weight(`${norm.name}/beta`)
  const offset = onnx.sub(g, beta, onnx.mul(g, scale, mean))
  const pool = hasPool ? emitBlockPool(g, x) : null
  const kept = pool?.output ?? x
  const output = affine(g, kept, { scale, offset }, { activation })

  return {
    output,
    backward(dy, wantsInput) {
      const d = beforeActivation(g, activation, dy, output)
      const sum = sumOfChannels(g, d)
      const product = onnx.sub(g, dotOfChannels(g, d, kept), onnx.mul(g, mean, sum))
      const gammaGradient = onnx.mul(g, inverse, product)
      scope.setGradient(`${norm.name}/beta`, sum)
      scope.setGradient(`${norm.name}/gamma`, signed(gammaGradient))

      // dx / scale = d − mean(d) − x̂ · mean(d · x̂), with d at the places that the pool kept
      const minusShare = onnx.scalar(g, -1 / count)
      const slope = onnx.mul(g, onnx.mul(g, inverse, gammaGradient), minusShare)
      const level = onnx.sub(g, onnx.mul(g, sum, minusShare), onnx.mul(g, slope, mean))
      const line = { scale: slope, offset: level }
      const dx = pool ? pool.addTo(line, d) : affine(g, x, line, { plus: d })
      scope.setGradient(`${block.conv.name}/kernel`, kernel.gradient(dx, signed(scale)))
      return wantsInput ? kernel.inputGradient(dx, scale) : null
    },
  }

  /** Mean of each channel over the first image. */
  function shiftOf(): Value {
    const image = onnx.slice(g, input, [{ axis: 0, start: 0, end: 1 }])
    return onnx.mean(g, kernel.forward(image), [0, 2, 3])
  }
}

/** What a block needs of either kind of convolution. */
interface BlockKernel {
  forward(x: Value, bias?: Value): Value
  /** dL/dkernel, times a factor for each filter. */
  gradient(dx: Value, factor: Value): Value
  /** dL/dinput, with the filters multiplied by `scale`. */
  inputGradient(dx: Value, scale: Value): Value
}

/** @param direction ±1 for each filter: the sign that its kernel is used with */
function kernelOf(
  layer: ConvBlock['conv'],
  input: Value,
  scope: GraphScope,
  direction: Value | null,
): BlockKernel {
  const g = scope.graph
  const window = windowOf(layer, input)
  const stored = scope.weight(`${layer.name}/kernel`)
  const isDepthwise = layer.kind === 'depthwise'
  const turned = onnx.transpose(g, stored, isDepthwise ? [2, 3, 0, 1] : [3, 2, 0, 1])
  const times = (filters: Value, vector: Value) =>
    onnx.mul(g, filters, onnx.reshape(g, vector, [filters.shape[0] ?? 0, 1, 1, 1]))
  const kernel = direction ? times(turned, direction) : turned
  if (isDepthwise)
    return {
      forward: (x, bias) => depthwiseConv(g, x, kernel, window, bias),
      gradient(dx, factor) {
        const gradient = depthwiseKernelGradient(g, input, dx, window)
        const [channels = 0] = factor.shape
        return onnx.mul(g, gradient, onnx.reshape(g, factor, [channels, 1]))
      },
      inputGradient: (dx, scale) =>
        depthwiseInputGradient(g, dx, times(kernel, scale), window, input.shape),
    }
  return {
    forward: (x, bias) => conv(g, x, kernel, window, bias),
    gradient(dx, factor) {
      const last = () => scope.channelsLast(input)
      return onnx.mul(g, convKernelGradient(g, { x: input, last }, dx, window), factor)
    },
    inputGradient: (dx, scale) =>
      convInputGradient(g, dx, times(kernel, scale), window, input.shape),
  }
}

/** dL/d of what goes into the activation, told from what comes out. */
function beforeActivation(g: Graph, kind: BlockActivation, dy: Value, output: Value): Value {
  switch (kind) {
    case 'none':
      return dy
    case 'relu':
      return onnx.mul(g, dy, onnx.sign(g, output))
    case 'relu6':
      return onnx.mul(g, dy, onnx.isBetween(g, output, [0, 6]))
    default:
      return kind satisfies never
  }
}

/** −1 where γ < 0, else 1. */
function directionOf(g: Graph, gamma: Value): Value {
  const isNegative = onnx.isGreater(g, onnx.scalar(g, 0), gamma)
  return onnx.sub(g, onnx.scalar(g, 1), onnx.mul(g, isNegative, onnx.scalar(g, 2)))
}
