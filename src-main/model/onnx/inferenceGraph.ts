import { Graph } from '../../numeric/onnx/graph.ts'
import type { Value } from '../../numeric/onnx/graph.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { GraphScope } from '../layers/rule.ts'
import type { FoldedNetwork } from '../foldBatchNorms.ts'
import { emitUnitRows } from '../unitRows.ts'
import { emitLayers } from './layerSequence.ts'

/** Names of what goes in and out of an inference graph. */
export const inferenceNames = {
  /** `[batch, size, size, channels]`, any batch. */
  images: 'images',
  /** Unit rows `[batch, dim]`. */
  embedding: 'embedding',
  /** `[batch, featureDim]`. */
  features: 'features',
} as const

export interface InferenceOptions {
  /**
   * `values`: as {@link Network.input} says. `bytes`: 0 … 255 (as float32), and the graph makes
   * values of them.
   */
  readonly images: 'values' | 'bytes'
  readonly outputs: readonly ('embedding' | 'features')[]
}

/** Evaluation mode of a network as a graph of ONNX's own operators; the weights are constants in it. */
export function inferenceGraph(
  { network, weights }: FoldedNetwork,
  options: InferenceOptions,
): Graph {
  const g = new Graph()
  const { size, channels, offset, scale } = network.input
  const images = g.input(inferenceNames.images, [-1, size, size, channels])
  const values =
    options.images === 'bytes'
      ? onnx.mul(
          g,
          onnx.sub(g, images, onnx.scalar(g, 255 * offset)),
          onnx.scalar(g, 1 / (255 * scale)),
        )
      : images
  const scope = evaluationScope(g, (name) => {
    const spec = weights.specs.find((one) => one.name === name)
    return g.constant(weights.view(name), spec?.shape ?? [])
  })
  const features = emitLayers(
    network.backbone,
    onnx.transpose(g, values, [0, 3, 1, 2]),
    scope,
  ).output
  if (options.outputs.includes('embedding')) {
    const vectors = emitLayers(network.projector, features, scope).output
    g.output(inferenceNames.embedding, emitUnitRows(g, vectors).output)
  }
  if (options.outputs.includes('features')) g.output(inferenceNames.features, features)
  return g
}

function evaluationScope(graph: Graph, weight: (name: string) => Value): GraphScope {
  return {
    graph,
    isTraining: false,
    weight,
    keepMoments: refuse,
    setGradient: refuse,
    channelsLast: refuse,
    stepInput: refuse,
    emitLayers,
  }
}

function refuse(): never {
  throw new TypeError('a graph for evaluation is not trained')
}
