import { blockedBroadcast, blockedMeans, toBlocked } from '../../../numeric/onnx/blocked.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'
import { isTrainable } from '../../layer.ts'
import type { Activation, Layer, LayerOf } from '../../layer.ts'
import { ruleOf } from '../../layers/catalogue.ts'
import type { Emitted, GraphScope } from '../../layers/rule.ts'
import {
  blockedMap,
  imageMap,
  joinBatch,
  mapFromPlain,
  mergedParts,
  partOf,
  plainFromMap,
  sizesOf,
  splitBatch,
  splitParts,
} from './map.ts'
import type { BlockedMap, Flow } from './map.ts'
import { segmentsOf } from './partSizes.ts'
import { emitUnit } from './unit.ts'
import type { Unit } from './unit.ts'
import { unitAt } from './unitAt.ts'
import type { FoundUnit } from './unitAt.ts'

/** What all emitters of a graph in blocked layout share. */
export interface BlockedContext {
  readonly scope: GraphScope
  /** Channels in a block. */
  readonly block: number
  /** Images in each part of the batch. */
  readonly sizes: readonly number[]
}

export interface EmittedFlow {
  readonly output: Flow
  /** Emits dL/dinput (null where it was not wanted) and the gradients of weights. */
  backward(dy: Flow): Flow | null
}

/**
 * Emits a whole network for training: its layers in as many parts as each segment needs.
 *
 * @param start images or features
 * @param input the same, for one image
 */
export function emitBlockedNetwork(
  layers: readonly Layer[],
  start: Value,
  { scope, block, input }: Omit<BlockedContext, 'sizes'> & { readonly input: Activation },
): Emitted {
  const g = scope.graph
  const steps: { readonly step: EmittedFlow; readonly sizesBefore: readonly number[] }[] = []
  let flow: Flow = { kind: 'plain', value: start }
  let isWanted = false
  for (const { layers: part, sizes } of segmentsOf(layers, input, start.shape[0] ?? 0)) {
    const sizesBefore = flow.kind === 'blocked' ? sizesOf(flow.map) : sizes
    if (flow.kind === 'blocked') flow = { kind: 'blocked', map: mergedParts(g, flow.map, sizes) }
    const step = emitBlockedLayers(part, flow, { scope, block, sizes }, isWanted)
    isWanted ||= part.some(isTrainable)
    steps.push({ step, sizesBefore })
    flow = step.output
  }
  return {
    output: plainOf(flow, g),
    backward(dy) {
      let gradient: Flow | null = { kind: 'plain', value: dy }
      for (const { step, sizesBefore } of steps.toReversed()) {
        if (gradient) gradient = step.backward(gradient)
        if (gradient?.kind === 'blocked')
          gradient = { kind: 'blocked', map: splitParts(g, gradient.map, sizesBefore) }
      }
      return null
    },
  }
}

/**
 * Emits layers for training, one after the other, in blocked layout as far as it has a form for them;
 * what it has none for takes its maps plain.
 *
 * @param wantsInput whether anything before the layers has weights to train
 */
function emitBlockedLayers(
  layers: readonly Layer[],
  start: Flow,
  context: BlockedContext,
  wantsInput: boolean,
): EmittedFlow {
  const steps: { readonly step: EmittedFlow; readonly isNeeded: boolean }[] = []
  let output = start
  let isWanted = wantsInput
  for (let i = 0; i < layers.length;) {
    const { step, end } = emitNext(layers, i, { input: output, context, wantsInput: isWanted })
    isWanted ||= layers.slice(i, end).some(isTrainable)
    steps.push({ step, isNeeded: isWanted })
    output = step.output
    i = end
  }
  return {
    output,
    backward(dy) {
      let gradient: Flow | null = dy
      for (const { step, isNeeded } of steps.toReversed())
        if (gradient && isNeeded) gradient = step.backward(gradient)
      return wantsInput ? gradient : null
    },
  }
}

interface StepOptions {
  readonly input: Flow
  readonly context: BlockedContext
  readonly wantsInput: boolean
}

/** The next step, and the index of the first layer after it. */
function emitNext(
  layers: readonly Layer[],
  i: number,
  options: StepOptions,
): { readonly step: EmittedFlow; readonly end: number } {
  const { input, context } = options
  const unit = unitAt(layers, i, mapShapeOf(input))
  if (unit) return { step: emitUnitStep(unit, options), end: unit.end }
  const layer = layers[i]
  if (!layer) throw new TypeError(`no layer ${i} of ${layers.length}`)
  if (layer.kind === 'residual') {
    const hasRelu = layers[i + 1]?.kind === 'relu'
    const fused = emitFusedResidual(layer, hasRelu, options)
    if (fused) return { step: fused, end: i + (hasRelu ? 2 : 1) }
    return { step: emitResidual(layer, options), end: i + 1 }
  }
  if (input.kind === 'blocked' && input.map.isBlocked) {
    if (layer.kind === 'globalAveragePool')
      return { step: emitAverage(input.map, context), end: i + 1 }
    if (isElementwise(layer))
      return { step: emitElementwise(layer, input.map, options), end: i + 1 }
  }
  return { step: emitPlain(layer, options), end: i + 1 }
}

function emitUnitStep({ unit }: FoundUnit, options: StepOptions): EmittedFlow {
  const { context, wantsInput } = options
  const g = context.scope.graph
  const input = asMap(options)
  const emitted = emitUnit(unit, input, { ...context, wantsInput })
  return {
    output: { kind: 'blocked', map: emitted.output },
    backward(dy) {
      const dys = partsOfGradient(dy, context)
      return flowOf(g, emitted.backward(dys).input, input.channels)
    },
  }
}

/** A residual block whose body ends in a convolution and a batch norm: the sum costs no pass. */
function emitFusedResidual(
  { body, shortcut }: LayerOf<'residual'>,
  hasRelu: boolean,
  options: StepOptions,
): EmittedFlow | null {
  const { context, wantsInput } = options
  const g = context.scope.graph
  const before = body.slice(0, -2)
  const last = lastUnitOf(body, mapShapeOf(options.input))
  if (!last) return null
  const input: Flow = { kind: 'blocked', map: asMap({ ...options, wantsInput: true }) }
  const main = emitBlockedLayers(before, input, context, wantsInput)
  const side = emitBlockedLayers(shortcut, input, context, wantsInput)
  const inner = { context, wantsInput: true }
  const map = asMap({ ...inner, input: main.output })
  const plus = asMap({ ...inner, input: side.output })
  const unit = emitUnit({ ...last, activation: hasRelu ? 'relu' : 'none' }, map, {
    ...context,
    plus,
    wantsInput: wantsInput || before.some(isTrainable),
  })
  return {
    output: { kind: 'blocked', map: unit.output },
    backward(dy) {
      const gradients = unit.backward(partsOfGradient(dy, context))
      const within = flowOf(g, gradients.input, map.channels)
      const mainGradient = within && main.backward(within)
      const sideGradient = side.backward(flowOf(g, gradients.plus, plus.channels))
      return wantsInput && mainGradient && sideGradient
        ? sumOf(mainGradient, sideGradient, context)
        : null
    },
  }
}

/** The convolution and batch norm that a residual block's body ends in, if they make a unit. */
function lastUnitOf(body: readonly Layer[], x: Value | null): Unit | null {
  if (!x || body.length < 2) return null
  const [, channels = 0, height = 0, width = 0] = x.shape
  const start: Activation = { kind: 'map', height, width, channels }
  const before = body
    .slice(0, -2)
    .reduce<Activation>((activation, layer) => ruleOf(layer).outputOf(activation), start)
  if (before.kind !== 'map') return null
  const shape = [x.shape[0] ?? 0, before.channels, before.height, before.width]
  return unitAt(body, body.length - 2, { ...x, shape })?.unit ?? null
}

function emitResidual({ body, shortcut }: LayerOf<'residual'>, options: StepOptions): EmittedFlow {
  const { input, context, wantsInput } = options
  const main = emitBlockedLayers(body, input, context, wantsInput)
  const side = emitBlockedLayers(shortcut, input, context, wantsInput)
  return {
    output: sumOf(main.output, side.output, context),
    backward(dy) {
      const parts = [main.backward(dy), side.backward(dy)] as const
      const [a, b] = parts
      return wantsInput && a && b ? sumOf(a, b, context) : null
    },
  }
}

function emitAverage(map: BlockedMap, { scope, block }: BlockedContext): EmittedFlow {
  const g = scope.graph
  const { parts, channels } = map
  const means = joinBatch(
    g,
    parts.map((part) => blockedMeans(g, part)),
  )
  const [, padded = 0] = means.shape
  const value =
    padded === channels ? means : onnx.slice(g, means, [{ axis: 1, start: 0, end: channels }])
  return {
    output: { kind: 'plain', value },
    backward(dy) {
      const [, , height = 0, width = 0] = partOf(parts, 0).shape
      const share = onnx.mul(g, plainOf(dy, g), onnx.scalar(g, 1 / (height * width)))
      const whole = padded === channels ? share : onnx.padEnd(g, share, [0, padded - channels])
      const dys = splitBatch(g, whole, sizesOf(map)).map((part) =>
        blockedBroadcast(g, part, { block, sides: [height, width] }),
      )
      return { kind: 'blocked', map: blockedMap(g, dys, channels) }
    },
  }
}

/** Layers to which the layout of a map is all the same, and 0 stays 0. */
function isElementwise(layer: Layer): boolean {
  return layer.kind === 'relu' || layer.kind === 'relu6' || layer.kind === 'hardSwish'
}

function emitElementwise(layer: Layer, map: BlockedMap, options: StepOptions): EmittedFlow {
  const { context, wantsInput } = options
  const { scope } = context
  const emitted = map.parts.map((part) => ruleOf(layer).emit(part, scope))
  const outputs = emitted.map(({ output }) => output)
  return {
    output: { kind: 'blocked', map: blockedMap(scope.graph, outputs, map.channels) },
    backward(dy) {
      const dys = partsOfGradient(dy, context)
      const dxs = emitted.flatMap((part, i) => part.backward(partOf(dys, i), wantsInput) ?? [])
      return wantsInput ? flowOf(scope.graph, dxs, map.channels) : null
    },
  }
}

function emitPlain(layer: Layer, { input, context, wantsInput }: StepOptions): EmittedFlow {
  const { scope } = context
  const x = plainOf(input, scope.graph)
  const emitted = ruleOf(layer).emit(x, scope)
  return {
    output: { kind: 'plain', value: emitted.output },
    backward(dy) {
      const value = emitted.backward(plainOf(dy, scope.graph), wantsInput)
      return value && { kind: 'plain', value }
    },
  }
}

/** `[batch, channels, height, width]` of a map, null for vectors. */
function mapShapeOf(flow: Flow): Value | null {
  if (flow.kind === 'plain') return flow.value.shape.length === 4 ? flow.value : null
  return partOf(flow.map.parts, 0)
}

function asMap({ input, context, wantsInput }: StepOptions): BlockedMap {
  if (input.kind === 'blocked') return input.map
  const { scope, block, sizes } = context
  const [, channels = 0] = input.value.shape
  // Only as the first layer's input do images need no gradient; then they can stay as they are.
  if (channels < block && !wantsInput)
    return imageMap(scope.graph, scope.channelsLast(input.value), sizes)
  return mapFromPlain(scope.graph, input.value, context)
}

function partsOfGradient(dy: Flow, { scope, block, sizes }: BlockedContext): readonly Value[] {
  if (dy.kind === 'blocked') return dy.map.parts
  return splitBatch(scope.graph, dy.value, sizes).map((part) => toBlocked(scope.graph, part, block))
}

function plainOf(flow: Flow, g: Graph): Value {
  return flow.kind === 'plain' ? flow.value : plainFromMap(g, flow.map)
}

function flowOf(g: Graph, parts: readonly Value[], channels: number): Flow
function flowOf(g: Graph, parts: readonly Value[] | null, channels: number): Flow | null
function flowOf(g: Graph, parts: readonly Value[] | null, channels: number): Flow | null {
  return parts && { kind: 'blocked', map: blockedMap(g, parts, channels) }
}

function sumOf(a: Flow, b: Flow, context: BlockedContext): Flow {
  const g = context.scope.graph
  if (a.kind === 'plain' && b.kind === 'plain')
    return { kind: 'plain', value: onnx.add(g, a.value, b.value) }
  if (a.kind === 'plain') return sumOf(b, a, context)
  const others = b.kind === 'blocked' ? b.map.parts : partsOfGradient(b, context)
  const sums = a.map.parts.map((part, i) => onnx.add(g, part, partOf(others, i)))
  return flowOf(g, sums, a.map.channels)
}
