import { WorkbenchError } from '../contract/errors.ts'
import { random } from '../numeric/random.ts'
import type { WeightDeclaration } from './layers/rule.ts'
import { ruleOf } from './layers/catalogue.ts'
import { placeLayers } from './network.ts'
import type { Network } from './network.ts'

/**
 * All numbers of a network, in two flat buffers: optimizers, averages and checkpoints work on the
 * buffers, layers on named views into them.
 */
export interface Weights {
  /** Kernels, biases, batch-norm scales and offsets, one after the other as {@link specs} says. */
  readonly trainable: Float32Array
  /** What training does not learn: running batch-norm means and variances, and frozen weights. */
  readonly statistics: Float32Array
  readonly specs: readonly WeightSpec[]
  /** @throws TypeError when the network has no such weight */
  view(name: string): Float32Array
}

export interface WeightSpec {
  /** Layer name + `/kernel`, `/bias`, `/gamma`, `/beta`, `/mean`, `/variance`. */
  readonly name: string
  /** TensorFlow.js order: conv kernels `[size, size, in, out]`, dense kernels `[in, out]`. */
  readonly shape: readonly number[]
  readonly trainable: boolean
  /** Where it starts in its buffer. */
  readonly offset: number
}

/** The buffers of {@link Weights}, as a checkpoint holds them. */
export type WeightBuffers = Pick<Weights, 'trainable' | 'statistics'>

/**
 * Fresh weights: kernels normal with He's deviation before ReLUs and Glorot's in dense layers, biases
 * 0, batch norms the identity. The same network and seed give the same bits.
 *
 * @throws as `placeLayers`
 */
export function createWeights(network: Network, seed: number): Weights {
  const weights = createEmptyWeights(network)
  for (const { name, start } of declarationsOf(network)) {
    const view = weights.view(name)
    if ('constant' in start) view.fill(start.constant)
    else {
      const stream = random(seed, `weights of ${name}`)
      for (let i = 0; i < view.length; i++) view[i] = stream.normal() * start.deviation
    }
  }
  return weights
}

/** Weights that are all 0, for the caller to fill. @throws as `placeLayers` */
export function createEmptyWeights(network: Network): Weights {
  const specs = specsOf(network)
  const sizes = sizesOf(specs)
  return viewsOf(specs, {
    trainable: new Float32Array(sizes.trainable),
    statistics: new Float32Array(sizes.statistics),
  })
}

/**
 * Weights over existing buffers, which are not copied.
 *
 * @throws WorkbenchError `bad-request` when the buffers are not as long as the network needs
 */
export function weightsFrom(network: Network, buffers: WeightBuffers): Weights {
  const specs = specsOf(network)
  const sizes = sizesOf(specs)
  for (const part of ['trainable', 'statistics'] as const)
    if (buffers[part].length !== sizes[part])
      throw new WorkbenchError(
        'bad-request',
        `The weights do not fit the network: ${buffers[part].length} ${part} values, ` +
          `expected ${sizes[part]}. They were made for another backbone or projector.`,
      )
  return viewsOf(specs, buffers)
}

/** What the weights of a network are, in order; files are checked against it. */
export function specsOf(network: Network): readonly WeightSpec[] {
  return specsFrom(declarationsOf(network))
}

function declarationsOf(network: Network): readonly WeightDeclaration[] {
  const { backbone, projector } = placeLayers(network)
  return [...backbone, ...projector].flatMap(({ layer, input }) => ruleOf(layer).weightsOf(input))
}

function specsFrom(declarations: readonly WeightDeclaration[]): readonly WeightSpec[] {
  const ends = { trainable: 0, statistics: 0 }
  return declarations.map(({ name, shape, trainable }) => {
    const part = trainable ? 'trainable' : 'statistics'
    const offset = ends[part]
    ends[part] += sizeOf(shape)
    return { name, shape, trainable, offset }
  })
}

function sizesOf(specs: readonly WeightSpec[]): { trainable: number; statistics: number } {
  const sizes = { trainable: 0, statistics: 0 }
  for (const { trainable, shape } of specs)
    sizes[trainable ? 'trainable' : 'statistics'] += sizeOf(shape)
  return sizes
}

function viewsOf(specs: readonly WeightSpec[], { trainable, statistics }: WeightBuffers): Weights {
  const views = new Map(
    specs.map((spec) => {
      const buffer = spec.trainable ? trainable : statistics
      return [spec.name, buffer.subarray(spec.offset, spec.offset + sizeOf(spec.shape))]
    }),
  )
  return {
    trainable,
    statistics,
    specs,
    view(name) {
      const view = views.get(name)
      if (!view) throw new TypeError(`the network has no weight ${name}`)
      return view
    },
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
