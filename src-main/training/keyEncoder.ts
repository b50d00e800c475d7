import type { Encoder } from '../model/encoder.ts'
import type { WeightBuffers, Weights } from '../model/weights.ts'
import type { NamedArrays } from './checkpoint.ts'

/**
 * A copy of the network that follows it slowly and fills the memory, so that old rows and new ones are of
 * one kind. It sees images in evaluation mode: its running statistics follow like its weights.
 *
 * He, Fan, Wu, Xie, Girshick, "Momentum Contrast", CVPR 2020, arXiv:1911.05722; the statistics as in Cai et
 * al., "Exponential Moving Average Normalization", CVPR 2021, arXiv:2101.08482.
 */
export interface KeyEncoder {
  /** Begins as a copy; a second call changes nothing. */
  start(weights: WeightBuffers): void
  /** Unit rows of a batch, `[count, dim]`. */
  rowsOf(images: Float32Array, count: number): Promise<Float32Array>
  /** Takes one step towards the weights. */
  follow(weights: WeightBuffers): void
  /** Empty until it has begun. */
  arrays(): NamedArrays
  dispose(): void
}

/**
 * @param encoder of its own weights, disposed of with it
 * @param momentum part of its weights that a step keeps, in [0, 1)
 */
export function createKeyEncoder(
  encoder: Encoder,
  momentum: number,
  saved: NamedArrays = {},
): KeyEncoder {
  const { weights: own } = encoder
  const [trainable, statistics] = [saved['trainable'], saved['statistics']]
  let hasStarted = false
  if (trainable instanceof Float32Array && statistics instanceof Float32Array)
    begin({ trainable, statistics })

  function begin(weights: WeightBuffers): void {
    own.trainable.set(weights.trainable)
    own.statistics.set(weights.statistics)
    hasStarted = true
  }
  return {
    start(weights) {
      if (!hasStarted) begin(weights)
    },
    async rowsOf(images, count) {
      return (await encoder.embed(images, count)).embedding
    },
    follow(weights) {
      approach(own.trainable, weights.trainable, momentum)
      approach(own.statistics, weights.statistics, momentum)
    },
    arrays: () => (hasStarted ? { trainable: own.trainable, statistics: own.statistics } : {}),
    dispose: () => encoder.dispose(),
  }
}

function approach(values: Weights['trainable'], goal: Float32Array, momentum: number): void {
  for (let i = 0; i < values.length; i++)
    values[i] = momentum * (values[i] ?? 0) + (1 - momentum) * (goal[i] ?? 0)
}
