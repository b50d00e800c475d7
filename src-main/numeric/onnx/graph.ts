/** Element types that our graphs use, with their numbers in ONNX's `TensorProto.DataType`. */
export const elementTypes = { float32: 1, int64: 7, bool: 9, bfloat16: 16 } as const
export type ElementType = keyof typeof elementTypes

/** A tensor of a graph: its name, and what is known of it before anything runs. */
export interface Value {
  readonly name: string
  /** Only the first dimension may be −1: any batch size. */
  readonly shape: readonly number[]
  readonly type: ElementType
}

/** Integers, a list of integers, a string, or floats: which ONNX attribute it becomes. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }

export interface GraphNode {
  readonly operator: string
  /** '' is ONNX's own operators, opset 17. */
  readonly domain: '' | 'com.microsoft' | 'com.microsoft.nchwc'
  /** '' leaves an optional input out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface Constant {
  readonly value: Value
  readonly data: Float32Array | BigInt64Array
}

export interface GraphOutput {
  readonly name: string
  readonly value: Value
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly domain?: GraphNode['domain']
  readonly type?: ElementType
}

/** All that goes into a file. */
export interface GraphContent {
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[]
  readonly inputs: readonly Value[]
  readonly outputs: readonly GraphOutput[]
  readonly constants: readonly Constant[]
}

/** An ONNX graph under construction; nodes are added in an order in which they can run. */
export class Graph implements GraphContent {
  readonly nodes: GraphNode[] = []
  readonly inputs: Value[] = []
  readonly outputs: GraphOutput[] = []
  readonly constants: Constant[] = []
  private readonly constantsByKey = new Map<string, Value>()
  private readonly values = new Map<string, Value>()

  input(name: string, shape: readonly number[], type: ElementType = 'float32'): Value {
    const value = this.register({ name, shape, type })
    this.inputs.push(value)
    return value
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, value })
  }

  /** Adds a node with one result of the given shape. */
  add(
    operator: string,
    inputs: readonly (Value | null)[],
    shape: readonly number[],
    options: NodeOptions = {},
  ): Value {
    const { type = 'float32' } = options
    return this.addMany(operator, inputs, [{ shape, type }], options)[0] as Value
  }

  /** Adds a node with several results. */
  addMany(
    operator: string,
    inputs: readonly (Value | null)[],
    results: readonly { readonly shape: readonly number[]; readonly type: ElementType }[],
    { attributes = {}, domain = '' }: NodeOptions = {},
  ): readonly Value[] {
    const serial = this.nodes.length
    const outputs = results.map(({ shape, type }, i) =>
      this.register({ name: `${operator}_${serial}_${i}`, shape, type }),
    )
    this.nodes.push({
      operator,
      domain,
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputs.map(({ name }) => name),
      attributes,
    })
    return outputs
  }

  /** A constant; scalars and short lists that were asked for before are shared. */
  constant(data: Float32Array | BigInt64Array, shape: readonly number[]): Value {
    const type = data instanceof Float32Array ? 'float32' : 'int64'
    const key = data.length <= 16 ? `${type} ${shape.join('x')} ${data.join(' ')}` : null
    const known = key === null ? undefined : this.constantsByKey.get(key)
    if (known) return known
    const value = this.register({ name: `constant_${this.constants.length}`, shape, type })
    this.constants.push({ value, data })
    if (key !== null) this.constantsByKey.set(key, value)
    return value
  }

  /** Takes out the nodes and constants that no output needs; ONNX Runtime would run them. */
  prune(): void {
    const needed = new Set(this.outputs.map(({ value }) => value.name))
    const nodes = this.nodes.toReversed().filter((node) => {
      const isNeeded = node.outputs.some((name) => needed.has(name))
      if (isNeeded) for (const name of node.inputs) needed.add(name)
      return isNeeded
    })
    this.nodes.splice(0, this.nodes.length, ...nodes.toReversed())
    const constants = this.constants.filter(({ value }) => needed.has(value.name))
    this.constants.splice(0, this.constants.length, ...constants)
  }

  /** @throws TypeError when the graph has no value of that name */
  valueOf(name: string): Value {
    const value = this.values.get(name)
    if (!value) throw new TypeError(`the graph has no value ${name}`)
    return value
  }

  private register(value: Value): Value {
    if (this.values.has(value.name)) throw new TypeError(`the graph has two values ${value.name}`)
    this.values.set(value.name, value)
    return value
  }
}
