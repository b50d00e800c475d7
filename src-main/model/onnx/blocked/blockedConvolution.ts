import type { Padding, Window } from '../../../numeric/onnx/convolution.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
import type { LayerOf } from '../../layer.ts'
import type { GraphScope } from '../../layers/rule.ts'

export type ConvolutionLayer = LayerOf<'conv' | 'depthwise'>

/** A convolution of a blocked map, without its bias. */
export interface BlockedConvolution {
  /** How many filters it has, without those that fill up the last block. */
  readonly filters: number
  /** @param bias `[padded filters]` */
  forward(part: Value, bias?: Value): Value
  /**
   * dL/dkernel in the shape of the weight, each filter's times its factor.
   *
   * @param factors `[padded filters]`
   */
  kernelGradient(dys: readonly Value[], factors: Value): Value
  /** From dL/doutput to dL/dinput of a part, each filter's share times its factor. */
  inputGradient(factors: Value): (dy: Value) => Value
}

export interface ConvolutionOptions {
  readonly scope: GraphScope
  readonly block: number
  /** Filters are multiplied with it, `[padded filters]`. */
  readonly direction: Value | null
}

/** What the forms of a convolution of all channels have in common. */
export interface FullKernel {
  readonly graph: Graph
  readonly block: number
  readonly window: Window
  /** `[size, size, padded channels, padded filters]` */
  readonly kernel: Value
  /** Without those that fill up the last block. */
  readonly filters: number
}

/** Padding around dL/doutput, zeros in between for a stride, from which dL/dinput is a convolution. */
export function mirroredPadding(
  { size, stride, padding }: Window,
  [height, width]: readonly [number, number],
): Padding {
  const along = (side: number, before: number, after: number) => {
    const windows = Math.floor((side + before + after - size) / stride) + 1
    const start = size - 1 - before
    return [start, side - stride * windows - start + size - 1] as const
  }
  const [top, bottom] = along(height, padding.top, padding.bottom)
  const [left, right] = along(width, padding.left, padding.right)
  return { top, bottom, left, right }
}

/** Height and width of a map. */
export function sidesOf({ shape: [, , height = 0, width = 0] }: Value): readonly [number, number] {
  return [height, width]
}
