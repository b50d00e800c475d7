import { foldedLayers, foldedPairs } from './foldedLayers.ts'
import { batchNormEpsilon } from './layers/batchNorm.ts'
import type { Network } from './network.ts'
import { createEmptyWeights } from './weights.ts'
import type { Weights } from './weights.ts'

/** A network and its weights that, in evaluation mode, computes the same with fewer layers. */
export interface FoldedNetwork {
  readonly network: Network
  readonly weights: Weights
}

/**
 * Puts every batch norm that follows a convolution or a dense layer into its kernel and bias. Other
 * batch norms stay. The given weights are read, not changed.
 */
export function foldBatchNorms(network: Network, weights: Weights): FoldedNetwork {
  const folded = {
    ...network,
    backbone: foldedLayers(network.backbone),
    projector: foldedLayers(network.projector),
  }
  const result = createEmptyWeights(folded)
  for (const { name } of result.specs)
    if (weights.specs.some((spec) => spec.name === name)) result.view(name).set(weights.view(name))
  for (const layers of [network.backbone, network.projector])
    for (const { linear, norm } of foldedPairs(layers))
      foldInto(result, { linear: linear.name, norm: norm.name }, weights)
  return { network: folded, weights: result }
}

function foldInto(
  result: Weights,
  { linear, norm }: { readonly linear: string; readonly norm: string },
  weights: Weights,
): void {
  const kernel = result.view(`${linear}/kernel`)
  const bias = result.view(`${linear}/bias`)
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((part) =>
    weights.view(`${norm}/${part}`),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array]
  const filters = bias.length
  const scales = Array.from(
    gamma,
    (value, k) => value / Math.sqrt((variance[k] ?? 0) + batchNormEpsilon),
  )
  // The filter is the last axis of every kind of kernel that is longer than 1.
  for (const [i, value] of kernel.entries()) kernel[i] = value * (scales[i % filters] ?? 0)
  for (const [k, value] of bias.entries())
    bias[k] = (beta[k] ?? 0) + (value - (mean[k] ?? 0)) * (scales[k] ?? 0)
}
