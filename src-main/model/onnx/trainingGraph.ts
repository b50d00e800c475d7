import { Graph } from '../../numeric/onnx/graph.ts'
import type { Value } from '../../numeric/onnx/graph.ts'
import * as onnx from '../../numeric/onnx/operators.ts'
import type { SoftmaxPairs } from '../encoder.ts'
import type { Emitted, GraphScope, Moments, StepInput } from '../layers/rule.ts'
import type { Activation } from '../layer.ts'
import { featureDimOf } from '../network.ts'
import type { Network } from '../network.ts'
import { emitUnitRows } from '../unitRows.ts'
import { specsOf } from '../weights.ts'
import type { WeightSpec } from '../weights.ts'
import { emitBlockedNetwork } from './blocked/sequence.ts'
import { emitLayers } from './layerSequence.ts'
import { emitSoftmaxPairs } from './softmaxPairs.ts'

/** Names of what goes in and out of a training graph. */
export const trainingNames = {
  /** `[batch, size, size, channels]`. */
  images: 'images',
  /** `[batch, featureDim]`, where the backbone is not trained and runs elsewhere. */
  features: 'features',
  /** Flat, as `Weights.trainable`. */
  trainable: 'trainable',
  /** Flat, as `Weights.statistics`: where layers are frozen. */
  statistics: 'statistics',
  /** dL/drows, where the loss is computed elsewhere. */
  rowGradient: 'rowGradient',
  loss: 'loss',
  /** Rows that are not normalised, where the loss is computed elsewhere. */
  rows: 'rows',
  /** Flat, as `Weights.trainable`. */
  gradient: 'gradient',
  /** Batch means and biased variances of each batch norm that is trained, flat. */
  moments: 'moments',
} as const

export interface TrainingGraph {
  readonly graph: Graph
  readonly dim: number
  /** What each batch norm's moments are taken over, by name. */
  readonly counts: ReadonlyMap<string, number>
  /** Inputs to fill anew for each step. */
  readonly stepInputs: readonly StepInput[]
}

export interface TrainingGraphOptions {
  readonly batch: number
  /**
   * A closed form to compute inside, or `outside`: then the rows, not normalised, are an output and
   * their gradient is an input.
   */
  readonly loss: SoftmaxPairs['denominatorKind'] | 'outside'
  /** Channels in a block of the processor's own layout; null for ONNX's operators alone. */
  readonly block: number | null
  /** `features`: the graph holds the projector alone. */
  readonly start: 'images' | 'features'
}

/** Forward in training mode, loss and backward of a network as one graph. */
export function trainingGraph(
  network: Network,
  { batch, loss, block, start }: TrainingGraphOptions,
): TrainingGraph {
  const g = new Graph()
  const specs = specsOf(network)
  const images = start === 'images' ? imagesInput() : null
  const scope = new TrainingScope(g, specs, new Map(images ? [[images.map.name, images.last]] : []))
  const all = images ? [...network.backbone, ...network.projector] : network.projector
  const first = images?.map ?? g.input(trainingNames.features, [batch, featureDimOf(network)])
  const layers = block === null ? emitLayers(all, first, scope) : emitBlocked(block)

  layers.backward(gradientOfRows(layers.output), false)
  const trainables = specs.filter(({ trainable }) => trainable)
  g.output(trainingNames.gradient, scope.flatGradient(trainables))
  const moments = scope.flatMoments()
  if (moments) g.output(trainingNames.moments, moments)
  g.prune()
  return {
    graph: g,
    dim: layers.output.shape[1] ?? 0,
    counts: scope.counts(),
    stepInputs: scope.stepInputs,
  }

  /** The images as they come, and as a map. */
  function imagesInput(): { readonly last: Value; readonly map: Value } {
    const { size, channels } = network.input
    const last = g.input(trainingNames.images, [batch, size, size, channels])
    return { last, map: onnx.transpose(g, last, [0, 3, 1, 2]) }
  }

  function emitBlocked(size: number): Emitted {
    const { size: side, channels } = network.input
    const input: Activation = images
      ? { kind: 'map', height: side, width: side, channels }
      : { kind: 'vector', channels: featureDimOf(network) }
    return emitBlockedNetwork(all, first, { scope, block: size, input })
  }

  function gradientOfRows(raw: Value): Value {
    if (loss === 'outside') {
      g.output(trainingNames.rows, raw)
      return g.input(trainingNames.rowGradient, raw.shape)
    }
    const unit = emitUnitRows(g, raw)
    const pairs = emitSoftmaxPairs(g, unit.output, loss)
    g.output(trainingNames.loss, pairs.loss)
    return unit.backward(pairs.gradient)
  }
}

/** Cuts the flat weights into named values, and puts gradients and moments together again. */
class TrainingScope implements GraphScope {
  readonly isTraining = true
  readonly graph: Graph
  readonly stepInputs: StepInput[] = []
  readonly emitLayers = emitLayers
  private readonly specs: readonly WeightSpec[]
  private readonly trainables: ReadonlyMap<string, Value>
  /** Cut when a frozen layer first asks. */
  private frozen: ReadonlyMap<string, Value> | null = null
  private readonly gradients = new Map<string, Value>()
  private readonly moments: Moments<Value>[] = []
  private readonly mapsChannelsLast: Map<string, Value>

  constructor(graph: Graph, specs: readonly WeightSpec[], mapsChannelsLast: Map<string, Value>) {
    this.graph = graph
    this.mapsChannelsLast = mapsChannelsLast
    this.specs = specs
    const trainables = specs.filter(({ trainable }) => trainable)
    this.trainables = namedWeights(graph, trainingNames.trainable, trainables)
  }

  weight(name: string): Value {
    const trainable = this.trainables.get(name)
    if (trainable) return trainable
    const frozen = this.specs.filter((spec) => !spec.trainable)
    this.frozen ??= namedWeights(this.graph, trainingNames.statistics, frozen)
    return found(this.frozen, name)
  }

  stepInput(input: StepInput): Value {
    this.stepInputs.push(input)
    return this.graph.input(input.name, input.shape)
  }

  keepMoments(moments: Moments<Value>): void {
    this.moments.push(moments)
  }

  setGradient(name: string, gradient: Value): void {
    this.gradients.set(name, gradient)
  }

  channelsLast(map: Value): Value {
    const known = this.mapsChannelsLast.get(map.name)
    if (known) return known
    const turned = onnx.transpose(this.graph, map, [0, 2, 3, 1])
    this.mapsChannelsLast.set(map.name, turned)
    return turned
  }

  flatGradient(trainables: readonly WeightSpec[]): Value {
    return flat(
      this.graph,
      trainables.map(({ name }) => found(this.gradients, name)),
    )
  }

  /** Null without batch norms. */
  flatMoments(): Value | null {
    if (this.moments.length === 0) return null
    return flat(
      this.graph,
      this.moments.flatMap(({ mean, variance }) => [mean, variance]),
    )
  }

  counts(): ReadonlyMap<string, number> {
    return new Map(this.moments.map(({ name, count }) => [name, count]))
  }
}

/** A flat input with the given weights one after the other, cut into them. */
export function namedWeights(
  g: Graph,
  input: string,
  specs: readonly WeightSpec[],
): ReadonlyMap<string, Value> {
  const lengths = specs.map(({ shape }) => shape.reduce((product, length) => product * length, 1))
  if (specs.length === 0) return new Map()
  const whole = g.input(input, [lengths.reduce((sum, length) => sum + length, 0)])
  const parts = onnx.split(g, whole, lengths)
  return new Map(
    specs.map(({ name, shape }, i) => [name, onnx.reshape(g, parts[i] ?? whole, shape)]),
  )
}

function flat(g: Graph, values: readonly Value[]): Value {
  return onnx.concat(
    g,
    values.map((value) =>
      onnx.reshape(g, value, [value.shape.reduce((product, length) => product * length, 1)]),
    ),
    0,
  )
}

function found(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name)
  if (!value) throw new TypeError(`the graph has no ${name}`)
  return value
}
