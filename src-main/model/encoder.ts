import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
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
   * @param index which step of the run, from 0: decides what dropout leaves out
   * @throws WorkbenchError `internal` when an engine fails; a loss that is not finite is returned
   */
  step(images: Float32Array, count: number, loss: StepLoss, index?: number): Promise<StepResult>

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
  /** dL/dv of each variable of {@link StepLoss.learnt}, in that order. */
  readonly learntGradients: readonly Float32Array[]
  /** The rows that the loss saw before they were normalised, `[batch, dim]`, if it asked for them. */
  readonly raw?: Float32Array
}

/** The loss of one step, as a function of the batch's rows. */
export interface StepLoss {
  /**
   * Differentiable TensorFlow.js code that owns no state.
   *
   * @param rows unit rows `[batch, dim]`
   */
  readonly ofRows: (rows: Tensor2D, given: LossInputs) => Scalar
  /** Variables of the loss itself, such as proxies; missing: none. */
  readonly learnt?: readonly LearntValues[]
  /**
   * Called once a step with the values of the rows before they are normalised, `[batch, dim]`, and before
   * `ofRows`: for a choice that depends on them and has no gradient. Costs `webgpu` a second forward pass.
   */
  readonly look?: (raw: Float32Array) => void
  /** Asks for `raw` in the result. */
  readonly wantsRaw?: boolean
  /**
   * The same loss in closed form, if it has one: engines may compute it inside their graph, unless
   * `learnt`, `look` or `wantsRaw` ask for what the graph does not give.
   */
  readonly softmaxPairs?: SoftmaxPairs
}

/** What a loss may depend on besides unit rows. */
export interface LossInputs {
  /** The rows before they were normalised, `[batch, dim]`. */
  readonly raw: Tensor2D
  /** The values of {@link StepLoss.learnt}, in that order. */
  readonly learnt: readonly Tensor[]
}

/** A variable of a loss as it stands in one step. */
export interface LearntValues {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** The closed form of a loss, where an engine may use it. */
export function closedFormOf(loss: StepLoss): SoftmaxPairs | undefined {
  const needsMore = (loss.learnt?.length ?? 0) > 0 || loss.look || loss.wantsRaw
  return needsMore ? undefined : loss.softmaxPairs
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
