import { affine, dotOfChannels, sumOfChannels } from '../../numeric/onnx/channels.ts'
import { conv, convInputGradient, convKernelGradient } from '../../numeric/onnx/convolution.ts'
import type { Graph, Value } from '../../numeric/onnx/graph.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import { batchNormEpsilon } from '../layers/batchNorm.ts'
import { windowOf } from '../layers/window.ts'
import type { Emitted, GraphScope } from '../layers/rule.ts'
import { emitBlockPool } from './blockPool.ts'

/** Convolution without bias, batch norm, ReLU and perhaps a max-pool, one after the other. */
export interface ConvBlock {
  readonly conv: LayerOf<'conv'>
  readonly norm: LayerOf<'batchNorm'>
  readonly hasPool: boolean
}

/**
 * The training form of a block in half as many passes as its layers would need:
 *
 * - The mean of a convolution's output is the convolution of the mean image. Subtracting it as the
 *   bias costs nothing and keeps E[x²] − E[x]² from cancelling where |mean| ≫ deviation.
 * - With a kernel of the opposite sign where γ < 0, the scale is never negative, so that the max-pool
 *   may go before scale and ReLU and these work on a quarter of the values. (Only where γ is exactly
 *   0, and every window is a tie, does this choose another place than the layers would.)
 * - The scale γ/σ of the backward pass goes into kernels instead of maps.
 */
export function emitConvBlock(
  { conv: layer, norm, hasPool }: ConvBlock,
  input: Value,
  scope: GraphScope,
): Emitted {
  const g = scope.graph
  const gamma = scope.weight(`${norm.name}/gamma`)
  const channels = layer.filters
  const direction = directionOf(g, gamma)
  const ofFilters = (vector: Value) => onnx.reshape(g, vector, [channels, 1, 1, 1])
  const kernel = onnx.mul(
    g,
    onnx.transpose(g, scope.weight(`${layer.name}/kernel`), [3, 2, 0, 1]),
    ofFilters(direction),
  )
  const window = windowOf(layer, input)
  const shift = onnx.mean(g, conv(g, onnx.mean(g, input, [0], true), kernel, window), [0, 2, 3])
  const x = conv(g, input, kernel, window, onnx.neg(g, shift))

  const [batch = 0, , height = 0, width = 0] = x.shape
  const count = batch * height * width
  const share = onnx.scalar(g, 1 / count)
  const mean = onnx.mul(g, sumOfChannels(g, x), share)
  const meanSquare = onnx.mul(g, dotOfChannels(g, x, x), share)
  const spread = onnx.sub(g, meanSquare, onnx.mul(g, mean, mean))
  const variance = onnx.max(g, spread, onnx.scalar(g, 0))
  scope.keepMoments({
    name: norm.name,
    mean: onnx.mul(g, onnx.add(g, mean, shift), direction),
    variance,
    count,
  })

  const root = onnx.sqrt(g, onnx.add(g, variance, onnx.scalar(g, batchNormEpsilon)))
  const inverse = onnx.reciprocal(g, root)
  const scale = onnx.mul(g, onnx.abs(g, gamma), inverse)
  const beta = scope.weight(`${norm.name}/beta`)
  const offset = onnx.sub(g, beta, onnx.mul(g, scale, mean))
  const pool = hasPool ? emitBlockPool(g, x) : null
  const kept = pool?.output ?? x
  const output = affine(g, kept, { scale, offset }, { hasRelu: true })

  return {
    output,
    backward(dy, wantsInput) {
      const d = onnx.mul(g, dy, onnx.sign(g, output))
      const sum = sumOfChannels(g, d)
      const product = onnx.sub(g, dotOfChannels(g, d, kept), onnx.mul(g, mean, sum))
      const gammaGradient = onnx.mul(g, inverse, product)
      scope.setGradient(`${norm.name}/beta`, sum)
      scope.setGradient(`${norm.name}/gamma`, onnx.mul(g, gammaGradient, direction))

      // dx / scale = d − mean(d) − x̂ · mean(d · x̂), with d at the places that the pool kept
      const minusShare = onnx.scalar(g, -1 / count)
      const slope = onnx.mul(g, onnx.mul(g, inverse, gammaGradient), minusShare)
      const level = onnx.sub(g, onnx.mul(g, sum, minusShare), onnx.mul(g, slope, mean))
      const line = { scale: slope, offset: level }
      const dx = pool ? pool.addTo(line, d) : affine(g, x, line, { plus: d })

      const kernelGradient = convKernelGradient(g, scope.channelsLast(input), dx, window)
      const factor = onnx.mul(g, scale, direction)
      scope.setGradient(`${layer.name}/kernel`, onnx.mul(g, kernelGradient, factor))
      if (!wantsInput) return null
      const scaled = onnx.mul(g, kernel, ofFilters(scale))
      return convInputGradient(g, dx, scaled, window, input.shape)
    },
  }
}

/** −1 where γ < 0, else 1. */
function directionOf(g: Graph, gamma: Value): Value {
  const isNegative = onnx.isGreater(g, onnx.scalar(g, 0), gamma)
  return onnx.sub(g, onnx.scalar(g, 1), onnx.mul(g, isNegative, onnx.scalar(g, 2)))
}
