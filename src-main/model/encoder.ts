import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { EngineKind } from '../contract/engines.ts'
import type { Network } from './network.ts'
import type { Weights } from './weights.ts'

/** A network on an engine. It knows no losses, no optimizer and no files. */
export interface Encoder {
  readonly engine: EngineKind
  readonly network: Network
  /** Live: writing to its arrays (as an optimizer does) changes what the next call computes with. */
  readonly weights: Weights

  /**
   * Runs the network in evaluation mode (running batch-norm statistics).
   *
   * @param images `[count, size, size, channels]`, see {@link Network.input} for the value range
   */
  embed(images: Float32Array, count: number): Promise<Embedded>

  /**
   * Forward in training mode, loss, backward. Updates the running batch-norm statistics in
   * `weights`; trainable values stay as they are.
   *
   * @throws WorkbenchError `internal` when an engine fails; a loss that is not finite is returned
   */
  step(images: Float32Array, count: number, loss: StepLoss): Promise<StepResult>

  /** Frees tensors and sessions; callable twice. */
  dispose(): void
}

export interface Embedded {
  /** Unit rows, `[count, dim]`. */
  readonly embedding: Float32Array
  /** Backbone output before the projector, `[count, featureDim]`, not normalised. */
  readonly features: Float32Array
}

export interface StepResult {
  readonly loss: number
  /** dL/dθ in the order of `weights.trainable`; valid until the next step. */
  readonly gradient: Float32Array
}

/** The loss of one step, as a function of the batch's unit rows. */
export interface StepLoss {
  /** @param rows unit rows `[batch, dim]`; differentiable TensorFlow.js code that owns no state */
  readonly ofRows: (rows: Tensor2D) => Scalar
  /** The same loss in closed form, if it has one: engines may compute it inside their graph. */
  readonly softmaxPairs?: SoftmaxPairs
}

/**
 * Losses that are a weighted sum over ordered pairs (i, p) of −log softmax. With s = z zᵀ / τ:
 *
 * - `all`: L = Σ_ip W_ip · (log Σ_{k ∈ D(i)} e^{s_ik} − s_ip), D(i) = {k : denominator_ik = 1}
 *   (SupCon, SimCLR's InfoNCE)
 * - `own`: L = Σ_ip W_ip · (log(e^{s_ip} + Σ_{k ∈ D(i)} e^{s_ik}) − s_ip), D(i) = the negatives only
 *   (NT-Xent with several positives: other positives are not in the denominator)
 */
export interface SoftmaxPairs {
  readonly denominatorKind: 'all' | 'own'
  readonly temperature: number
  /** W, `[batch, batch]`, already divided by the number of terms; 0 where (i, p) is no positive. */
  readonly weights: Float32Array
  /** 1 where k counts in the denominator of i, else 0; `[batch, batch]`, 0 on the diagonal. */
  readonly denominator: Float32Array
}
