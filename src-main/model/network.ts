/**
 * A network as plain data. Everything else (TensorFlow.js code, ONNX graphs, exported files) is made
 * from it. Activations are described as NHWC; an emitter may lay them out as it likes.
 */
export interface Network {
  readonly input: {
    /** Side of the square image, px. */
    readonly size: number
    readonly channels: 3
    /** Values are (byte / 255 − offset) / scale. */
    readonly offset: number
    readonly scale: number
  }
  /** Ends in a vector: its output is what `features` means everywhere. */
  readonly backbone: readonly Layer[]
  /** From features to rows; a division by the Euclidean norm always follows its last layer. */
  readonly projector: readonly Layer[]
}

/** Layers with weights have a name that is unique in the network, such as `backbone/conv1`. */
export type Layer =
  | {
      readonly kind: 'conv'
      readonly name: string
      readonly filters: number
      /** Side of the square kernel. */
      readonly size: number
      readonly stride: 1 | 2
      readonly padding: 'same' | 'valid'
      readonly bias: boolean
    }
  | { readonly kind: 'batchNorm'; readonly name: string }
  | { readonly kind: 'relu' }
  | { readonly kind: 'maxPool'; readonly size: 2; readonly stride: 2 }
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'dense'; readonly name: string; readonly units: number }

/** Shares of the batch statistics in the running ones, and the constant under the root. */
export const batchNormMomentum = 0.1
export const batchNormEpsilon = 1e-5
