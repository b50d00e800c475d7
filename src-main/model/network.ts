import { WorkbenchError } from '../contract/errors.ts'
import { partsOf } from './layer.ts'
import type { Activation, Layer } from './layer.ts'
import { ruleOf } from './layers/catalogue.ts'

export type { Layer } from './layer.ts'
export { batchNormEpsilon } from './layers/batchNorm.ts'

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

/** A layer and what goes in and out of it. */
export interface PlacedLayer {
  readonly layer: Layer
  readonly input: Activation
  readonly output: Activation
}

export interface PlacedNetwork {
  readonly backbone: readonly PlacedLayer[]
  readonly projector: readonly PlacedLayer[]
  /** Length of the vectors that the backbone ends in. */
  readonly featureDim: number
  /** Length of the rows that losses see. */
  readonly dim: number
}

/**
 * Works out the shapes of all activations.
 *
 * @throws WorkbenchError `bad-request` when a layer cannot follow the one before it, two layers
 *   share a name, or a part does not end in a vector
 */
export function placeLayers(network: Network): PlacedNetwork {
  const { size, channels } = network.input
  if (!Number.isInteger(size) || size < 1)
    throw new WorkbenchError('bad-request', `An image side of ${size} px: expected 1 or more.`)
  checkNames([...network.backbone, ...network.projector])
  const image: Activation = { kind: 'map', height: size, width: size, channels }
  const backbone = placeAll(network.backbone, image)
  const features = backbone.at(-1)?.output
  if (features?.kind !== 'vector')
    throw new WorkbenchError(
      'bad-request',
      'The backbone ends in a map: its last layer must be a global average pool or a dense layer.',
    )
  const projector = placeAll(network.projector, features)
  const dim = (projector.at(-1)?.output ?? features).channels
  return { backbone, projector, featureDim: features.channels, dim }
}

/** Length of the vectors that the backbone ends in. @throws as {@link placeLayers} */
export function featureDimOf(network: Network): number {
  return placeLayers(network).featureDim
}

/** Length of the rows that losses see. @throws as {@link placeLayers} */
export function dimOf(network: Network): number {
  return placeLayers(network).dim
}

function placeAll(layers: readonly Layer[], start: Activation): readonly PlacedLayer[] {
  let input = start
  return layers.map((layer) => {
    const output = ruleOf(layer).outputOf(input)
    const placed = { layer, input, output }
    input = output
    return placed
  })
}

function checkNames(layers: readonly Layer[]): void {
  const names = new Set<string>()
  const check = (layer: Layer): void => {
    for (const part of partsOf(layer)) part.forEach(check)
    if (!('name' in layer)) return
    if (names.has(layer.name))
      throw new WorkbenchError('bad-request', `Two layers have the name ${layer.name}.`)
    names.add(layer.name)
  }
  layers.forEach(check)
}
