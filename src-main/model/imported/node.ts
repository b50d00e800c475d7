import { WorkbenchError } from '../../contract/errors.ts'
import type { Border, Layer, LayerOf } from '../layer.ts'

/** A model of somebody else as a graph of nodes, in words that do not depend on its file format. */
export interface ImportGraph {
  /** By name. */
  readonly nodes: ReadonlyMap<string, ImportNode>
  /** Name of the node that the model ends in. */
  readonly output: string
}

export interface ImportNode {
  readonly name: string
  /** Names of the nodes whose outputs it takes. */
  readonly inputs: readonly string[]
  /** What it does. A call, since a node that no tap needs may be one that cannot be imported. */
  readonly step: () => ImportStep
  /** What tells where features end: known without asking for the step. */
  readonly role: 'input' | 'pool' | 'head' | 'other'
}

/** A layer with a kernel, and its numbers. */
export interface LinearStep {
  readonly layer: LayerOf<'conv' | 'depthwise' | 'dense'>
  readonly kernel: Float32Array
  /** Null: none. */
  readonly bias: Float32Array | null
}

export type ImportStep =
  | { readonly kind: 'input'; readonly size: number | null }
  | { readonly kind: 'add' }
  /** x · scale + offset, of each channel or, where they have length 1, of all. */
  | { readonly kind: 'scale'; readonly scale: Float32Array; readonly offset: Float32Array }
  /** From a map of one position to a vector; a vector stays. */
  | { readonly kind: 'flatten' }
  | { readonly kind: 'pass' }
  | ({ readonly kind: 'pad' } & Border)
  /** One after the other. */
  | { readonly kind: 'layers'; readonly layers: readonly (LinearStep | Layer)[] }

/** Name of a layer of a run's network. */
export function importedName(node: string): string {
  return `backbone/${node}`
}

/** @throws WorkbenchError `bad-request` */
export function refuse(node: string, what: string): never {
  throw new WorkbenchError(
    'bad-request',
    `The layer ${node} of the model ${what}. Tap an earlier layer, or choose another model.`,
  )
}

/** Layers of an activation by its name in Keras or TensorFlow. */
export function activationLayers(node: string, name: string): readonly Layer[] {
  switch (name.toLowerCase()) {
    case 'linear':
      return []
    case 'relu':
      return [{ kind: 'relu' }]
    case 'relu6':
      return [{ kind: 'relu6' }]
    case 'hard_swish':
    case 'hardswish':
      return [{ kind: 'hardSwish' }]
    default:
      return refuse(
        node,
        `has the activation ${name}, and only linear, relu, relu6 and hard_swish can be imported`,
      )
  }
}

/** @throws WorkbenchError `bad-request` unless the window is square and its stride 1 or 2 */
export function expectStride(node: string, strides: readonly number[]): 1 | 2 {
  const [stride] = strides
  if ((stride === 1 || stride === 2) && strides.every((other) => other === stride)) return stride
  return refuse(node, `has strides of ${strides.join('×')}, and only 1×1 and 2×2 can be imported`)
}

/** @throws WorkbenchError `bad-request` unless both sides are alike */
export function expectSquare(node: string, sides: readonly number[]): number {
  const [side] = sides
  if (side !== undefined && sides.every((other) => other === side)) return side
  return refuse(node, `has a window of ${sides.join('×')}, and only square ones can be imported`)
}

export function expectPadding(node: string, padding: string): 'same' | 'valid' {
  const kind = padding.toLowerCase()
  if (kind === 'same' || kind === 'valid') return kind
  return refuse(node, `has the padding ${padding}, and only same and valid can be imported`)
}
