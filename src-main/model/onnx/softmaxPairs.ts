import type { Graph, Value } from '../../numeric/onnx/graph.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { SoftmaxPairs } from '../encoder.ts'

/** Cells outside a denominator: their exponentials are 0, and the differences stay finite. */
const filler = -1e9

/** Inputs that {@link emitSoftmaxPairs} adds to the graph. */
export const softmaxPairsInputs = {
  weights: 'pairWeights',
  denominator: 'denominator',
  inverseTemperature: 'inverseTemperature',
} as const

/**
 * A `SoftmaxPairs` loss and its gradient; all that changes from step to step is an input, so that
 * one session serves a whole run. Every exponential is taken of a difference to a maximum.
 *
 * @param z unit rows `[batch, dim]`
 * @returns `loss` `[]` and `gradient`, dL/dz
 */
export function emitSoftmaxPairs(
  g: Graph,
  z: Value,
  kind: SoftmaxPairs['denominatorKind'],
): { readonly loss: Value; readonly gradient: Value } {
  const batch = z.shape[0] ?? 0
  const weights = g.input(softmaxPairsInputs.weights, [batch, batch])
  const denominator = g.input(softmaxPairsInputs.denominator, [batch, batch])
  const inverseTemperature = g.input(softmaxPairsInputs.inverseTemperature, [])
  const one = onnx.scalar(g, 1)

  const s = onnx.mul(g, onnx.matMul(g, z, z, { transposeB: true }), inverseTemperature)
  const outside = onnx.mul(g, onnx.sub(g, one, denominator), onnx.scalar(g, filler))
  const masked = onnx.add(g, onnx.mul(g, s, denominator), outside)
  const highest = onnx.maxOver(g, masked, [1], true)
  const exponentials = onnx.exp(g, onnx.sub(g, masked, highest))
  const total = onnx.sum(g, exponentials, [1], true)
  // log Σ − s, in this order: the large numbers leave each other first.
  const difference = onnx.add(g, onnx.sub(g, highest, s), onnx.log(g, total))
  const shares = onnx.mul(g, onnx.div(g, exponentials, total), denominator)

  const { terms, pull, push } =
    kind === 'all' ? allTerms(g, difference, weights) : ownTerms(g, difference, weights)
  const loss = onnx.sum(g, onnx.mul(g, weights, terms), [0, 1])
  // dL/ds: each row's denominator is pushed apart by its shares, each pair pulled together.
  const ds = onnx.sub(g, onnx.mul(g, shares, push), pull)
  const both = onnx.add(g, ds, onnx.transpose(g, ds, [1, 0]))
  const gradient = onnx.mul(g, onnx.matMul(g, both, z), inverseTemperature)
  return { loss, gradient }
}

interface Terms {
  /** −log softmax of each pair, `[batch, batch]`. */
  readonly terms: Value
  /** What each pair's own similarity is pulled with, `[batch, batch]`. */
  readonly pull: Value
  /** Weight of each row's denominator, `[batch, 1]`. */
  readonly push: Value
}

function allTerms(g: Graph, difference: Value, weights: Value): Terms {
  return { terms: difference, pull: weights, push: onnx.sum(g, weights, [1], true) }
}

/** log(e^{s_ip} + Σ) − s_ip = softplus(log Σ − s_ip), whose slope is the sigmoid. */
function ownTerms(g: Graph, difference: Value, weights: Value): Terms {
  const pull = onnx.mul(g, weights, onnx.sigmoid(g, difference))
  return {
    terms: onnx.softplus(g, difference),
    pull,
    push: onnx.sum(g, pull, [1], true),
  }
}
