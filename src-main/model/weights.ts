import type { Network } from './network.ts'

/**
 * All numbers of a network, in two flat buffers: optimizers, averages and checkpoints work on the
 * buffers, layers on named views into them.
 */
export interface Weights {
  /** Kernels, biases, batch-norm scales and offsets, one after the other as {@link specs} says. */
  readonly trainable: Float32Array
  /** Running batch-norm means and variances. */
  readonly statistics: Float32Array
  readonly specs: readonly WeightSpec[]
  /** @throws TypeError when the network has no such weight */
  view(name: string): Float32Array
}

export interface WeightSpec {
  /** Layer name + `/kernel`, `/bias`, `/gamma`, `/beta`, `/mean`, `/variance`. */
  readonly name: string
  /** TensorFlow.js order: conv kernels `[size, size, in, out]`, dense kernels `[in, out]`. */
  readonly shape: readonly number[]
  readonly trainable: boolean
  /** Where it starts in its buffer. */
  readonly offset: number
}

/** What {@link Weights} are made of, by network; kept apart so that files can be checked against it. */
export type SpecsOf = (network: Network) => readonly WeightSpec[]
