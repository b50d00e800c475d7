import type { Activation, Layer } from '../layer.ts'
import { ruleOf } from '../layers/catalogue.ts'
import type { PlacedLayer } from '../network.ts'
import { paddingOf } from '../layers/window.ts'
import { wordsOf } from '../layers/shapes.ts'
import { importedName, refuse } from './node.ts'
import type { ImportNode, ImportStep, LinearStep } from './node.ts'
import type { PathPart } from './path.ts'

/** What values go into a network: (byte / 255 − offset) / scale. */
export interface InputRange {
  readonly offset: number
  readonly scale: number
}

/**
 * Turns the way through a model into layers of the network description, and collects their weights.
 * Batch norms and other factors are drawn into the kernel before them, or become a depthwise 1×1
 * convolution where there is none; factors before the first layer go into the input's range.
 */
export class LayerChain {
  readonly weights: Map<string, Float32Array>
  private readonly placed: PlacedLayer[] = []
  private readonly start: Activation
  /** Null where nothing may be drawn into it: the chain begins within a network. */
  range: InputRange | null

  constructor(
    start: Activation,
    range: InputRange | null,
    weights = new Map<string, Float32Array>(),
  ) {
    this.start = start
    this.range = range
    this.weights = weights
  }

  get layers(): readonly Layer[] {
    return this.placed.map(({ layer }) => layer)
  }

  /** What comes out of the last layer. */
  get activation(): Activation {
    return this.placed.at(-1)?.output ?? this.start
  }

  through(parts: readonly PathPart[]): void {
    for (const part of parts)
      if (part.kind === 'node') this.take(part.node.name, part.node.step())
      else this.sum(part)
  }

  private sum({ node, sides }: Extract<PathPart, { kind: 'sum' }>): void {
    expectSum(node)
    const [first, second] = sides.map((side) => {
      const chain = new LayerChain(this.activation, null, this.weights)
      chain.through(side)
      return chain.layers
    }) as [readonly Layer[], readonly Layer[]]
    const [body, shortcut] = first.length >= second.length ? [first, second] : [second, first]
    this.push({ kind: 'residual', body, shortcut })
  }

  private take(node: string, step: ImportStep): void {
    switch (step.kind) {
      case 'input':
      case 'pass':
        return
      case 'add':
        return refuse(node, 'adds something that it does not compute')
      case 'scale':
        this.scale(node, step)
        return
      case 'flatten':
        this.flatten(node)
        return
      case 'pad': {
        const { top, bottom, left, right } = step
        this.push({ kind: 'zeroPad', top, bottom, left, right })
        return
      }
      case 'layers':
        for (const layer of step.layers)
          if ('layer' in layer) this.pushLinear(node, layer)
          else this.push(layer)
        return
      default:
        return step satisfies never
    }
  }

  private pushLinear(node: string, { layer, kernel, bias }: LinearStep): void {
    const own = layer.kind === 'dense' ? (bias ?? new Float32Array(layer.units)) : bias
    const padded = this.withoutPadding(layer)
    if (padded !== layer) this.placed.pop()
    const declared = ruleOf(padded).weightsOf(this.activation)
    this.push(padded)
    const parts = own ? { kernel, bias: own } : { kernel }
    for (const [part, values] of Object.entries(parts)) {
      const name = `${layer.name}/${part}`
      const shape = declared.find((weight) => weight.name === name)?.shape ?? []
      const expected = shape.reduce((product, length) => product * length, 1)
      if (values.length !== expected)
        refuse(
          node,
          `has ${values.length} numbers in its ${part}, and ${expected} (${shape.join('×')}) are ` +
            'needed after the layers before it',
        )
      // A copy: factors of a later layer are drawn into it.
      this.weights.set(name, values.slice())
    }
  }

  /** A convolution that takes over the zeros before it where these are what `same` pads. */
  private withoutPadding(layer: LinearStep['layer']): LinearStep['layer'] {
    const last = this.placed.at(-1)
    if (last?.layer.kind !== 'zeroPad' || last.input.kind !== 'map') return layer
    if (layer.kind === 'dense' || layer.padding !== 'valid') return layer
    const { top, bottom, left, right } = last.layer
    const { height, width } = last.input
    const same = paddingOf({ ...layer, padding: 'same' }, [height, width])
    const isSame =
      same.top === top && same.bottom === bottom && same.left === left && same.right === right
    return isSame ? { ...layer, padding: 'same' } : layer
  }

  private scale(node: string, { scale, offset }: Extract<ImportStep, { kind: 'scale' }>): void {
    const channels = this.activation.channels
    const count = Math.max(scale.length, offset.length)
    if (count !== 1 && count !== channels)
      refuse(node, `scales ${count} channels, and ${channels} come in`)
    const at = (values: Float32Array, i: number) => values[values.length === 1 ? 0 : i] ?? 0
    if (this.placed.length === 0 && this.range && count === 1) {
      const { range } = this
      const inner = range.scale / at(scale, 0)
      this.range = { scale: inner, offset: range.offset - at(offset, 0) * inner }
      return
    }
    const last = this.placed.at(-1)
    const linear = last?.layer
    if (
      last &&
      (linear?.kind === 'conv' || linear?.kind === 'depthwise' || linear?.kind === 'dense')
    ) {
      const kernel = this.weights.get(`${linear.name}/kernel`) ?? new Float32Array()
      const bias = this.weights.get(`${linear.name}/bias`) ?? new Float32Array(channels)
      kernel.forEach((value, i) => (kernel[i] = value * at(scale, i % channels)))
      bias.forEach((value, i) => (bias[i] = value * at(scale, i) + at(offset, i)))
      this.weights.set(`${linear.name}/bias`, bias)
      if (linear.kind !== 'dense')
        this.placed[this.placed.length - 1] = { ...last, layer: { ...linear, bias: true } }
      return
    }
    if (this.activation.kind === 'vector')
      refuse(node, 'scales a vector after a layer that it cannot be drawn into')
    const whole = (values: Float32Array) =>
      Float32Array.from({ length: channels }, (_, i) => at(values, i))
    this.pushLinear(node, {
      layer: {
        kind: 'depthwise',
        name: importedName(node),
        size: 1,
        stride: 1,
        padding: 'valid',
        bias: true,
      },
      kernel: whole(scale),
      bias: whole(offset),
    })
  }

  private flatten(node: string): void {
    if (this.activation.kind === 'vector') return
    const { height, width } = this.activation
    if (height * width !== 1)
      refuse(
        node,
        `lays out ${wordsOf(this.activation)} as a vector, which would tie it to one size of images`,
      )
    this.push({ kind: 'globalAveragePool' })
  }

  private push(layer: Layer): void {
    const input = this.activation
    this.placed.push({ layer, input, output: ruleOf(layer).outputOf(input) })
  }
}

function expectSum(node: ImportNode): void {
  const { kind } = node.step()
  if (kind !== 'add') refuse(node.name, 'joins two inputs, and only sums can be imported')
}
