import * as tf from '../../numeric/tf.ts'
import type { Tensor, Tensor1D } from '../../numeric/tf.ts'
import { affine, dotOfChannels, sumOfChannels } from '../../numeric/onnx/channels.ts'
import type { Graph, Value } from '../../numeric/onnx/graph.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { LayerOf } from '../layer.ts'
import type { LayerRule } from './rule.ts'

/** Share of the batch statistics in the running ones. */
export const batchNormMomentum = 0.1
/** The constant under the root. */
export const batchNormEpsilon = 1e-5

/**
 * Batch normalisation of each channel, over batch and positions.
 *
 * Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
 * Covariate Shift", ICML 2015, arXiv:1502.03167.
 */
export function batchNormRule({ name }: LayerOf<'batchNorm'>): LayerRule {
  return {
    outputOf: (input) => input,
    weightsOf({ channels }) {
      const declare = (part: string, trainable: boolean, constant: number) => ({
        name: `${name}/${part}`,
        shape: [channels],
        trainable,
        start: { constant },
      })
      return [
        declare('gamma', true, 1),
        declare('beta', true, 0),
        declare('mean', false, 0),
        declare('variance', false, 1),
      ]
    },

    apply(x, scope) {
      const gamma = scope.weight(`${name}/gamma`)
      const beta = scope.weight(`${name}/beta`)
      if (!scope.isTraining) {
        const deviation = tf.sqrt(tf.add(scope.weight(`${name}/variance`), batchNormEpsilon))
        const centred = tf.sub(x, scope.weight(`${name}/mean`))
        return tf.add(tf.mul(centred, tf.div(gamma, deviation)), beta)
      }
      const { output, mean, variance } = normalise(x, gamma, beta)
      scope.keepMoments({ name, mean, variance, count: countOf(x.shape) })
      return output
    },

    emit(x, scope) {
      const g = scope.graph
      const gamma = scope.weight(`${name}/gamma`)
      const beta = scope.weight(`${name}/beta`)
      const inverseOf = (variance: Value) =>
        onnx.reciprocal(g, onnx.sqrt(g, onnx.add(g, variance, onnx.scalar(g, batchNormEpsilon))))
      if (!scope.isTraining) {
        const scale = onnx.mul(g, gamma, inverseOf(scope.weight(`${name}/variance`)))
        const centred = onnx.sub(g, x, alongChannels(g, scope.weight(`${name}/mean`), x))
        return {
          output: scaled(g, centred, scale, beta),
          backward: (dy) => onnx.mul(g, dy, alongChannels(g, scale, x)),
        }
      }
      const count = (x.shape[0] ?? 0) * (x.shape[2] ?? 1) * (x.shape[3] ?? 1)
      const share = onnx.scalar(g, 1 / count)
      const mean = onnx.mul(g, sumOf(g, x), share)
      const centred = onnx.sub(g, x, alongChannels(g, mean, x))
      const variance = onnx.mul(g, dotOf(g, centred, centred), share)
      scope.keepMoments({ name, mean, variance, count })
      const inverse = inverseOf(variance)
      const scale = onnx.mul(g, gamma, inverse)
      return {
        output: scaled(g, centred, scale, beta),
        backward(dy) {
          const betaGradient = sumOf(g, dy)
          const gammaGradient = onnx.mul(g, dotOf(g, dy, centred), inverse)
          scope.setGradient(`${name}/beta`, betaGradient)
          scope.setGradient(`${name}/gamma`, gammaGradient)
          // dx = γ/σ · (dy − mean(dy) − x̂ · mean(dy · x̂))
          const minusScale = onnx.neg(g, onnx.mul(g, scale, share))
          const slope = onnx.mul(g, onnx.mul(g, gammaGradient, inverse), minusScale)
          const level = onnx.mul(g, betaGradient, minusScale)
          const rest = scaled(g, centred, slope, level)
          return onnx.add(g, rest, onnx.mul(g, dy, alongChannels(g, scale, x)))
        },
      }
    },
  }
}

function alongChannels(g: Graph, vector: Value, { shape }: Value): Value {
  return shape.length === 4 ? onnx.reshape(g, vector, [1, shape[1] ?? 0, 1, 1]) : vector
}

/** x · scale + offset of each channel. */
function scaled(g: Graph, x: Value, scale: Value, offset: Value): Value {
  if (x.shape.length === 4) return affine(g, x, { scale, offset })
  return onnx.add(g, onnx.mul(g, x, scale), offset)
}

function sumOf(g: Graph, x: Value): Value {
  return x.shape.length === 4 ? sumOfChannels(g, x) : onnx.sum(g, x, [0])
}

function dotOf(g: Graph, x: Value, y: Value): Value {
  return x.shape.length === 4 ? dotOfChannels(g, x, y) : onnx.sum(g, onnx.mul(g, x, y), [0])
}

/** Training form with its closed backward pass, which needs half the passes of autodiff's. */
function normalise(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
): { readonly output: Tensor; readonly mean: Tensor1D; readonly variance: Tensor1D } {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis)
  const moments: Tensor1D[] = []
  const op = tf.customGrad((...inputs: (Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, offset, save] = inputs as [Tensor, Tensor, Tensor, tf.GradSaveFunc]
    const mean = tf.mean<Tensor1D>(input, axes)
    const centred = tf.sub(input, mean)
    const variance = tf.mean<Tensor1D>(tf.square(centred), axes)
    const inverse = tf.rsqrt(tf.add(variance, batchNormEpsilon))
    const normalised = tf.mul(centred, inverse)
    moments.push(tf.keep(tf.clone(mean)), tf.keep(tf.clone(variance)))
    save([normalised, inverse, scale])
    return {
      value: tf.add(tf.mul(normalised, scale), offset),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [xHat, invDeviation, gammaSaved] = saved as [Tensor, Tensor, Tensor]
        const dOutput = dy as Tensor
        const count = countOf(dOutput.shape)
        const betaGradient = tf.sum(dOutput, axes)
        const gammaGradient = tf.sum(tf.mul(dOutput, xHat), axes)
        const rest = tf.add(tf.mul(xHat, tf.div(gammaGradient, count)), tf.div(betaGradient, count))
        const dx = tf.mul(tf.sub(dOutput, rest), tf.mul(gammaSaved, invDeviation))
        return [dx, gammaGradient, betaGradient]
      },
    }
  })
  const output = op(x, gamma, beta)
  const [mean, variance] = moments as [Tensor1D, Tensor1D]
  return { output, mean, variance }
}

function countOf(shape: readonly number[]): number {
  return shape.slice(0, -1).reduce((product, length) => product * length, 1)
}
