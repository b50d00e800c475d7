import {
  blockedAffine,
  blockedDot,
  blockedMeans,
  blockedSum,
} from '../../../numeric/onnx/blocked.ts'
import type { Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'
import type { LayerOf } from '../../layer.ts'
import { batchNormEpsilon } from '../../layers/batchNorm.ts'
import type { GraphScope } from '../../layers/rule.ts'
import { activationOf, maskOf } from './activation.ts'
import type { UnitActivation } from './activation.ts'
import { convolutionOf } from './convolutions.ts'
import type { ConvolutionLayer } from './blockedConvolution.ts'
import { blockedMap, partOf, paddedVector, shortened, total } from './map.ts'
import type { BlockedMap } from './map.ts'
import { emitPool } from './pool.ts'

/** Convolution, batch norm, perhaps a sum with another map, an activation and a 2×2 max-pool. */
export interface Unit {
  readonly conv: ConvolutionLayer
  readonly norm: LayerOf<'batchNorm'>
  readonly activation: UnitActivation
  /** Only after ReLU, without a sum, on even sides. */
  readonly hasPool: boolean
}

export interface EmittedUnit {
  readonly output: BlockedMap
  /** @param dys dL/doutput of each part */
  backward(dys: readonly Value[]): UnitGradients
}

export interface UnitGradients {
  /** dL/dinput of each part; null where it was not wanted. */
  readonly input: readonly Value[] | null
  /** dL/dsummand of each part. */
  readonly plus: readonly Value[]
}

export interface UnitOptions {
  readonly scope: GraphScope
  readonly block: number
  /** Added after the batch norm. */
  readonly plus?: BlockedMap
  readonly wantsInput: boolean
}

/**
 * The training form of a unit in few passes:
 *
 * - The mean that the first image has in each channel is subtracted as the bias, which costs nothing
 *   and keeps E[x²] − E[x]² from cancelling: the variance is at least its image's share in the batch
 *   of the squared distance that is left.
 * - With a kernel of the opposite sign where γ < 0, the scale is never negative, so that the max-pool
 *   may go before scale and ReLU and these work on a quarter of the values.
 * - The scale γ/σ of the backward pass goes into kernels instead of maps.
 */
export function emitUnit(unit: Unit, input: BlockedMap, options: UnitOptions): EmittedUnit {
  const { scope, block, plus, wantsInput } = options
  const { norm, activation, hasPool } = unit
  const g = scope.graph
  const gamma = paddedVector(g, scope.weight(`${norm.name}/gamma`), block)
  const beta = paddedVector(g, scope.weight(`${norm.name}/beta`), block)
  const direction = hasPool ? directionOf(gamma) : null
  const conv = convolutionOf(unit.conv, input, { scope, block, direction })
  const [padded = 0] = gamma.shape
  const shift = shiftOf(partOf(input.parts, 0))
  const bias = onnx.neg(g, shift)
  const xs = input.parts.map((part) => conv.forward(part, bias))

  const count = xs.reduce((sum, { shape: [images = 0, , height = 0, width = 0] }) => {
    return sum + images * height * width
  }, 0)
  const share = onnx.scalar(g, 1 / count)
  const sumOver = (of: (x: Value, i: number) => Value, maps: readonly Value[]) =>
    total(g, maps.map(of))
  const mean = onnx.mul(
    g,
    sumOver((x) => blockedSum(g, x), xs),
    share,
  )
  const meanSquare = onnx.mul(
    g,
    sumOver((x) => blockedDot(g, x, x), xs),
    share,
  )
  const spread = onnx.sub(g, meanSquare, onnx.mul(g, mean, mean))
  const variance = onnx.max(g, spread, onnx.scalar(g, 0))
  keepMoments()

  const root = onnx.sqrt(g, onnx.add(g, variance, onnx.scalar(g, batchNormEpsilon)))
  const inverse = onnx.reciprocal(g, root)
  const scale = onnx.mul(g, direction ? onnx.abs(g, gamma) : gamma, inverse)
  const line = { scale, offset: onnx.sub(g, beta, onnx.mul(g, scale, mean)) }
  const pools = hasPool ? xs.map((x) => emitPool(g, x)) : null
  const kept = pools ? pools.map(({ output }) => output) : xs
  const outputs = kept.map((x, i) =>
    blockedAffine(g, x, line, {
      ...(plus && { plus: partOf(plus.parts, i) }),
      ...activationOf(activation),
    }),
  )
  return {
    output: blockedMap(g, outputs, conv.filters),
    backward(dys) {
      const ds = dys.map((dy, i) => maskOf(g, activation, dy, partOf(outputs, i)))
      const sum = sumOver((d) => blockedSum(g, d), ds)
      const dot = sumOver((d, i) => blockedDot(g, d, partOf(kept, i)), ds)
      const gammaGradient = onnx.mul(g, inverse, onnx.sub(g, dot, onnx.mul(g, mean, sum)))
      scope.setGradient(`${norm.name}/beta`, own(sum))
      scope.setGradient(`${norm.name}/gamma`, own(signed(gammaGradient)))

      // dx / scale = d − mean(d) − x̂ · mean(d · x̂), with d at the places that the pool kept
      const minusShare = onnx.scalar(g, -1 / count)
      const slope = onnx.mul(g, onnx.mul(g, inverse, gammaGradient), minusShare)
      const offset = onnx.sub(g, onnx.mul(g, sum, minusShare), onnx.mul(g, slope, mean))
      const dxs = xs.map((x, i) => {
        const d = partOf(ds, i)
        const placed = pools?.[i]?.backward(d) ?? d
        return blockedAffine(g, x, { scale: slope, offset }, { plus: placed })
      })
      scope.setGradient(`${unit.conv.name}/kernel`, conv.kernelGradient(dxs, signed(scale)))
      return { input: wantsInput ? dxs.map(conv.inputGradient(scale)) : null, plus: ds }
    },
  }

  function signed(vector: Value): Value {
    return direction ? onnx.mul(g, vector, direction) : vector
  }

  function own(vector: Value): Value {
    return shortened(g, vector, conv.filters)
  }

  /** −1 where γ < 0, else 1. */
  function directionOf(vector: Value): Value {
    const isNegative = onnx.isGreater(g, onnx.scalar(g, 0), vector)
    return onnx.sub(g, onnx.scalar(g, 1), onnx.mul(g, isNegative, onnx.scalar(g, 2)))
  }

  /** Mean of each channel over the first image, `[padded]`. */
  function shiftOf(part: Value): Value {
    const image = onnx.slice(g, part, [{ axis: 0, start: 0, end: 1 }])
    return onnx.reshape(g, blockedMeans(g, conv.forward(image)), [padded])
  }

  function keepMoments(): void {
    const whole = signed(onnx.add(g, mean, shift))
    scope.keepMoments({ name: norm.name, mean: own(whole), variance: own(variance), count })
  }
}
