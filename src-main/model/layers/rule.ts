import type { Graph, Value } from '../../numeric/onnx/graph.ts'
import type { Tensor, Tensor1D } from '../../numeric/tf.ts'
import type { Activation, Layer } from '../layer.ts'

/** All that there is to know of a layer. `ruleOf` makes it from the layer's plain data. */
export interface LayerRule {
  /** @throws WorkbenchError `bad-request` when the layer cannot take such an input */
  outputOf(input: Activation): Activation
  weightsOf(input: Activation): readonly WeightDeclaration[]
  /** TensorFlow.js form, differentiable; maps are `[batch, height, width, channels]`. */
  apply(x: Tensor, scope: TensorScope): Tensor
  /** ONNX form; maps are `[batch, channels, height, width]`. */
  emit(x: Value, scope: GraphScope): Emitted
}

export interface WeightDeclaration {
  /** Layer name + `/kernel`, `/bias`, `/gamma`, `/beta`, `/mean`, `/variance`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly trainable: boolean
  readonly start: WeightStart
}

/** How a weight begins: a constant, or normal with the given standard deviation. */
export type WeightStart = { readonly constant: number } | { readonly deviation: number }

/** Mean and variance over batch (and positions) that a batch norm has seen. */
export interface Moments<T> {
  /** Name of the batch-norm layer. */
  readonly name: string
  /** `[channels]`. */
  readonly mean: T
  /** `[channels]`, divided by `count` (biased). */
  readonly variance: T
  /** How many values went into each channel's moments. */
  readonly count: number
}

/** What a layer may ask of the TensorFlow.js pass that it is part of. */
export interface TensorScope {
  readonly isTraining: boolean
  /** Which step of the run, from 0: decides what is random in it. */
  readonly step: number
  weight(name: string): Tensor
  /** Takes over both tensors. */
  keepMoments(moments: Moments<Tensor1D>): void
}

/** What a layer may ask of the ONNX graph that it is part of. */
export interface GraphScope {
  readonly graph: Graph
  readonly isTraining: boolean
  weight(name: string): Value
  keepMoments(moments: Moments<Value>): void
  /** Says what dL/dweight is, in the shape of the weight. */
  setGradient(name: string, gradient: Value): void
  /** A map with its channels last. Shared, since the image arrives so. */
  channelsLast(map: Value): Value
  /** An input whose values are others in each step. */
  stepInput(input: StepInput): Value
  /** Emits layers that a layer is made of. */
  readonly emitLayers: EmitLayers
}

export interface StepInput {
  readonly name: string
  readonly shape: readonly number[]
  /** @param step of the run, from 0 */
  readonly valuesAt: (step: number) => Float32Array
}

export type EmitLayers = (layers: readonly Layer[], x: Value, scope: GraphScope) => Emitted

export interface Emitted {
  readonly output: Value
  /**
   * Emits dL/dx from dL/doutput, and dL/dweight of all the layer's weights.
   *
   * @param wantsInput false where nothing needs dL/dx (the first layer): null is returned then
   */
  backward(dy: Value, wantsInput: boolean): Value | null
}
