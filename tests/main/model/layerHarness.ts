import { expect } from 'vitest'
import type { Activation, Layer } from '../../../src-main/model/layer.ts'
import { ruleOf } from '../../../src-main/model/layers/catalogue.ts'
import type { GraphScope, Moments, StepInput } from '../../../src-main/model/layers/rule.ts'
import { emitLayers } from '../../../src-main/model/onnx/layerSequence.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { Graph } from '../../../src-main/numeric/onnx/graph.ts'
import type { Value } from '../../../src-main/numeric/onnx/graph.ts'
import * as onnx from '../../../src-main/numeric/onnx/operators.ts'
import type { OnnxRuntime } from '../../../src-main/numeric/onnx/runtime.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Tensor, Tensor1D } from '../../../src-main/numeric/tf.ts'
import { relativeDistance } from './examples.ts'
import { apply } from './float64.ts'
import type { Maps } from './float64.ts'

/** A layer with an input, weights and dL/dy, all made of noise. */
export interface LayerCase {
  readonly layer: Layer
  readonly input: Activation
  readonly batch: number
  /** `[batch, height, width, channels]` or `[batch, channels]`. */
  readonly x: Float32Array
  readonly dy: Float32Array
  readonly weights: ReadonlyMap<string, NamedWeight>
}

interface NamedWeight {
  readonly shape: readonly number[]
  readonly trainable: boolean
  readonly values: Float32Array
}

/** What a layer gives: y, dL/dx, and dL/dweight by name. */
export interface LayerResult {
  readonly y: ArrayLike<number>
  readonly dx: ArrayLike<number>
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>
}

export function caseOf(
  layer: Layer,
  input: Activation,
  { batch = 2, fill }: { batch?: number; fill?: (i: number) => number } = {},
): LayerCase {
  const rule = ruleOf(layer)
  const noiseOf = (purpose: string, length: number) => {
    const stream = random(1, purpose)
    return Float32Array.from({ length }, () => stream.normal())
  }
  const x = noiseOf('x', batch * lengthOf(input))
  if (fill) x.forEach((_, i) => (x[i] = fill(i)))
  const weights = rule.weightsOf(input).map(({ name, shape, trainable }): [string, NamedWeight] => {
    const values = noiseOf(
      name,
      shape.reduce((product, side) => product * side, 1),
    )
    if (name.endsWith('/variance'))
      values.forEach((value, i) => (values[i] = 0.5 + Math.abs(value)))
    return [name, { shape, trainable, values }]
  })
  return {
    layer,
    input,
    batch,
    x,
    dy: noiseOf('dy', batch * lengthOf(rule.outputOf(input))),
    weights: new Map(weights),
  }
}

/** Straight from the formula; gradients by central differences. */
export function inFloat64({ layer, input, batch, x, dy, weights }: LayerCase): LayerResult {
  const values = new Map(
    [...weights].map(([name, weight]) => [name, Float64Array.from(weight.values)]),
  )
  const from = Float64Array.from(x)
  const forward = () => {
    const maps: Maps = { ...sidesOf(input), data: from, count: batch }
    const weightOf = (name: string) => values.get(name)!
    return apply(layer, maps, { weights: weightOf, moments: new Map(), isFrozen: false }).data
  }
  const loss = () => forward().reduce((sum, value, i) => sum + value * dy[i]!, 0)
  const differences = (array: Float64Array) =>
    array.map((value, i) => {
      const step = 1e-6 * Math.max(1, Math.abs(value))
      array[i] = value + step
      const above = loss()
      array[i] = value - step
      const below = loss()
      array[i] = value
      return (above - below) / (2 * step)
    })
  return {
    y: forward(),
    dx: differences(from),
    gradients: new Map(
      [...weights].flatMap(([name, { trainable }]) =>
        trainable ? [[name, differences(values.get(name)!)]] : [],
      ),
    ),
  }
}

/** The TensorFlow.js form, differentiated by TensorFlow.js. */
export async function onTensors(
  kind: 'cpu' | 'wasm',
  { layer, input, batch, x, dy, weights }: LayerCase,
  step = 0,
): Promise<LayerResult> {
  const engine = await openEngine(kind)
  const before = tf.memory().numTensors
  const moments: Moments<Tensor1D>[] = []
  const trainables = [...weights].filter(([, { trainable }]) => trainable)
  const tensorOf = ({ values, shape }: NamedWeight) => tf.tensor(values, [...shape])
  const forward = (from: Tensor, ...given: Tensor[]) => {
    const byName = new Map(trainables.map(([name], i) => [name, given[i]]))
    return ruleOf(layer).apply(from, {
      isTraining: true,
      step,
      weight: (name) => byName.get(name) ?? tensorOf(weights.get(name)!),
      keepMoments: (kept) => moments.push(kept),
    })
  }
  const [y, ...grads] = tf.tidy(() => {
    const inputs = [
      tf.tensor(x, [batch, ...shapeOf(input)]),
      ...trainables.map(([, weight]) => tensorOf(weight)),
    ]
    const output = forward(...(inputs as [Tensor, ...Tensor[]]))
    return [output, ...tf.grads(forward)(inputs, tf.tensor(dy, output.shape))]
  })
  const [yData, dxData, ...weightData] = [y, ...grads].map((tensor) => tensor.dataSync().slice())
  tf.dispose([y, ...grads, ...moments.flatMap(({ mean, variance }) => [mean, variance])])
  expect(tf.memory().numTensors).toBe(before)
  engine.dispose()
  return {
    y: yData!,
    dx: dxData!,
    gradients: new Map(trainables.map(([name], i) => [name, weightData[i]!])),
  }
}

/** The ONNX form and its backward pass. */
export function inGraph(
  runtime: OnnxRuntime,
  { layer, input, batch, x, dy, weights }: LayerCase,
  step = 0,
): LayerResult {
  const g = new Graph()
  const isMap = input.kind === 'map'
  const start = g.input('x', [batch, ...shapeOf(input)])
  const channelsFirst = isMap ? onnx.transpose(g, start, [0, 3, 1, 2]) : start
  const values = new Map([...weights].map(([name, { shape }]) => [name, g.input(name, shape)]))
  const gradients = new Map<string, Value>()
  const stepInputs: StepInput[] = []
  const scope: GraphScope = {
    graph: g,
    isTraining: true,
    weight: (name) => values.get(name)!,
    keepMoments: () => undefined,
    setGradient: (name, value) => gradients.set(name, value),
    channelsLast: (map) => onnx.transpose(g, map, [0, 2, 3, 1]),
    stepInput(given) {
      stepInputs.push(given)
      return g.input(given.name, given.shape)
    },
    emitLayers,
  }
  const emitted = emitLayers([layer], channelsFirst, scope)
  const asGiven = (value: Value) =>
    value.shape.length === 4 ? onnx.transpose(g, value, [0, 2, 3, 1]) : value
  const y = asGiven(emitted.output)
  const slope = g.input('dy', y.shape)
  const dx = emitted.backward(isFour(y) ? onnx.transpose(g, slope, [0, 3, 1, 2]) : slope, true)
  g.output('y', y)
  g.output('dx', asGiven(dx!))
  for (const [name, value] of gradients) g.output(`d ${name}`, value)
  g.prune()
  const feeds = {
    x: runtime.tensor(x, start.shape),
    dy: runtime.tensor(dy, y.shape),
    ...Object.fromEntries(
      [...weights].map(([name, { values: data, shape }]) => [name, runtime.tensor(data, shape)]),
    ),
    ...Object.fromEntries(
      stepInputs.map(({ name, shape, valuesAt }) => [name, runtime.tensor(valuesAt(step), shape)]),
    ),
  }
  const session = runtime.createSession(g)
  const results = session.run(feeds, Object.fromEntries(g.outputs.map(({ name }) => [name, null])))
  const dataOf = (name: string) => (results[name]!.data as Float32Array).slice()
  session.dispose()
  for (const [name, value] of gradients) expect(value.shape).toEqual(weights.get(name)!.shape)
  return {
    y: dataOf('y'),
    dx: dataOf('dx'),
    gradients: new Map([...gradients.keys()].map((name) => [name, dataOf(`d ${name}`)])),
  }
}

/** Holds every part of `got` to `expected`. */
export function expectSame(got: LayerResult, expected: LayerResult, limit: number): void {
  expect([...got.gradients.keys()].sort()).toEqual([...expected.gradients.keys()].sort())
  const pairs: [string, ArrayLike<number>, ArrayLike<number>][] = [
    ['y', got.y, expected.y],
    ['dx', got.dx, expected.dx],
    ...[...expected.gradients].map(
      ([name, values]): [string, ArrayLike<number>, ArrayLike<number>] => [
        name,
        got.gradients.get(name)!,
        values,
      ],
    ),
  ]
  for (const [name, values, truth] of pairs) {
    expect(values.length, name).toBe(truth.length)
    expect(relativeDistance(values, truth), name).toBeLessThan(limit)
  }
}

function isFour({ shape }: Value): boolean {
  return shape.length === 4
}

function sidesOf(input: Activation): { height: number; width: number; channels: number } {
  return input.kind === 'map' ? input : { height: 1, width: 1, channels: input.channels }
}

function shapeOf(input: Activation): number[] {
  return input.kind === 'map' ? [input.height, input.width, input.channels] : [input.channels]
}

function lengthOf(input: Activation): number {
  return shapeOf(input).reduce((product, length) => product * length, 1)
}
