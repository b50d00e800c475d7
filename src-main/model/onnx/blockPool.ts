import { affine } from '../../numeric/onnx/channels.ts'
import {
  addAtPlaces,
  maxPool,
  maxPoolWithPlaces,
  shareAmongMaxima,
} from '../../numeric/onnx/convolution.ts'
import type { Graph, Value } from '../../numeric/onnx/graph.ts'

/** The max-pool of a block. */
export interface BlockPool {
  readonly output: Value
  /** scale · x + offset of each channel, plus dy where the pool's maxima were. */
  addTo(line: { readonly scale: Value; readonly offset: Value }, dy: Value): Value
}

/**
 * Pools x in the faster of two ways. On even sides equal maxima of a window share its gradient, else
 * the first takes it; both are subgradients, and since a convolution gives equal values to equal
 * patches, the weights' gradients are the same.
 */
export function emitBlockPool(g: Graph, x: Value): BlockPool {
  const [, , height = 0, width = 0] = x.shape
  if (height % 2 === 0 && width % 2 === 0) {
    const output = maxPool(g, x)
    return {
      output,
      addTo: (line, dy) => affine(g, x, line, { plus: shareAmongMaxima(g, x, output, dy) }),
    }
  }
  const { output, places } = maxPoolWithPlaces(g, x)
  return {
    output,
    addTo: (line, dy) => addAtPlaces(g, affine(g, x, line), dy, places),
  }
}
