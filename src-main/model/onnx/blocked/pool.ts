import {
  blockedAveragePool,
  blockedMaxPool,
  blockedMaxima,
  blockedRepeat,
} from '../../../numeric/onnx/blocked.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'

export interface EmittedPool {
  readonly output: Value
  /** dL/dinput. */
  backward(dy: Value): Value
}

/**
 * 2×2 max-pool of a part on even sides. Equal maxima of a window share its gradient: one of the
 * subgradients, and since a convolution gives equal values to equal patches, one that leads to the
 * same gradients of its weights.
 */
export function emitPool(g: Graph, x: Value): EmittedPool {
  const output = blockedMaxPool(g, x)
  return {
    output,
    backward(dy) {
      const isMaximum = blockedMaxima(g, x, output)
      const shares = onnx.div(
        g,
        onnx.mul(g, dy, onnx.scalar(g, 1 / 4)),
        blockedAveragePool(g, isMaximum),
      )
      return onnx.mul(g, isMaximum, blockedRepeat(g, shares))
    },
  }
}
