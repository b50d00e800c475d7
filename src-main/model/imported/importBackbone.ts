import type { ImportedNetwork } from '../../contract/network.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import { operationsGraphOf } from './graphTopology.ts'
import { layersGraphOf } from './layersTopology.ts'
import { LayerChain } from './LayerChain.ts'
import type { InputRange } from './LayerChain.ts'
import type { ImportGraph, ImportNode } from './node.ts'
import { gatesBefore, pathTo } from './path.ts'
import { readStoredModel } from './storedModel.ts'
import type { StoredModel } from './storedModel.ts'

/** A backbone out of a model of somebody else. */
export interface ImportedBackbone {
  readonly network: ImportedNetwork
  /** By the names that the network's layers give them. */
  readonly weights: ReadonlyMap<string, Float32Array>
}

export interface ImportOptions {
  /** Name of the layer whose output are the features; null for the last pool over all positions. */
  readonly tap: string | null
  readonly range: ImportedRange
  /** Side of the images that it will be given, px; null for the side that the model was made for. */
  readonly imageSize: number | null
}

/**
 * What the model expects of its images: −1 … 1, 0 … 1, 0 … 255, or `auto`: where the model begins with a
 * factor, bytes if that is small and 0 … 1 if not; else −1 … 1.
 */
export type ImportedRange = 'auto' | 'signed' | 'unit' | 'bytes'

/** Where neither the model nor the person says it: what small classifiers are often made for, px. */
const usualSize = 128
/** As in the settings, px. */
const largestSize = 512

/**
 * Reads a TensorFlow.js model, of layers (Keras) or of operations (a converted graph), and turns it into
 * a network description. What is behind the tap is left out; a tap that ends in a map is averaged over
 * its positions. Batch norms become part of the convolutions, with the statistics of their own training.
 *
 * @param path of `model.json` or its folder
 * @throws WorkbenchError `bad-request` that says what is missing or cannot be imported
 */
export async function importBackbone(
  path: string,
  options: ImportOptions,
): Promise<ImportedBackbone> {
  const model = await readStoredModel(path)
  const graph = graphOf(model)
  const tap = tapIn(graph, options.tap)
  const parts = pathTo(graph, tap)
  const start = gatesBefore(graph, tap)[0]
  const input = start?.step()
  if (input?.kind !== 'input')
    throw new WorkbenchError(
      'bad-request',
      `The model begins with ${start?.name ?? 'nothing'}, expected an input for images.`,
    )
  const side = options.imageSize ?? Math.min(input.size ?? usualSize, largestSize)
  const image = { kind: 'map', height: side, width: side, channels: 3 } as const
  const chain = new LayerChain(image, rangeOf(options.range, parts[1]?.node))
  chain.through(parts)
  const { activation, range, weights } = chain
  if (range === null) throw new TypeError('a chain from the image without a range')
  const layers: ImportedNetwork['layers'] =
    activation.kind === 'map' ? [...chain.layers, { kind: 'globalAveragePool' }] : chain.layers
  return { network: { layers, ...range, tap, size: side }, weights }
}

function graphOf(model: StoredModel): ImportGraph {
  return Array.isArray(model.topology['node']) ? operationsGraphOf(model) : layersGraphOf(model)
}

/** @throws WorkbenchError `bad-request` that names some layers where there is no such one */
function tapIn(graph: ImportGraph, asked: string | null): string {
  const trunk = gatesBefore(graph, graph.output)
  if (asked !== null) {
    if (graph.nodes.has(asked)) return asked
    const known = trunk.slice(-shownTaps).map(({ name }) => name)
    throw new WorkbenchError(
      'bad-request',
      `The model has no layer ${asked} to tap; it ends in ${known.join(', ')}.`,
    )
  }
  const pool = trunk.findLast(({ role }) => role === 'pool')
  if (pool) return pool.name
  const head = trunk.findIndex(({ role }) => role === 'head')
  return trunk[head < 0 ? trunk.length - 1 : head - 1]?.name ?? graph.output
}

const shownTaps = 8

/** @param first the node after the input */
function rangeOf(range: ImportedRange, first: ImportNode | undefined): InputRange {
  switch (range) {
    case 'signed':
      return { offset: 0.5, scale: 0.5 }
    case 'unit':
      return { offset: 0, scale: 1 }
    case 'bytes':
      return { offset: 0, scale: 1 / 255 }
    case 'auto': {
      const step = first?.step()
      if (step?.kind !== 'scale') return rangeOf('signed', undefined)
      return rangeOf(Math.abs(step.scale[0] ?? 1) < 0.1 ? 'bytes' : 'unit', undefined)
    }
    default:
      return range satisfies never
  }
}
