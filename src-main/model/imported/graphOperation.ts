import type { StoredWeight, StoredWeights } from './decodeWeights.ts'
import {
  activationLayers,
  expectPadding,
  expectSquare,
  expectStride,
  importedName,
  refuse,
} from './node.ts'
import type { ImportNode, ImportStep } from './node.ts'
import type { Layer, LayerOf } from '../layer.ts'

/** An operation of a TensorFlow graph as its file describes it. */
export interface GraphOperation {
  readonly node: string
  readonly operation: string
  /** Constants too, in order. */
  readonly inputs: readonly string[]
  /** As in `GraphDef`, bytes in base 64 and integers as text. */
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly weights: StoredWeights
}

type Attribute = Readonly<Record<string, unknown>>

export function graphRole(operation: string): ImportNode['role'] {
  switch (operation) {
    case 'Placeholder':
      return 'input'
    case 'Mean':
      return 'pool'
    case 'MatMul':
    case '_FusedMatMul':
      return 'head'
    default:
      return 'other'
  }
}

/** @throws WorkbenchError `bad-request` for an operation that cannot be imported */
export function graphStep(of: GraphOperation): ImportStep {
  const { node, operation } = of
  const format = text(of.attributes['data_format'])
  if (format !== null && format !== 'NHWC')
    refuse(node, `has the layout ${format}, and only NHWC can be imported`)
  switch (operation) {
    case 'Placeholder':
      return { kind: 'input', size: sizeIn(of.attributes['shape']) }
    case 'Conv2D':
    case '_FusedConv2D':
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2dNative':
      return convolutionStep(of)
    case 'MatMul':
    case '_FusedMatMul':
      return matMulStep(of)
    case 'BiasAdd':
    case 'Add':
    case 'AddV2':
    case 'Sub':
    case 'Mul':
    case 'RealDiv':
      return arithmeticStep(of)
    case 'FusedBatchNorm':
    case 'FusedBatchNormV2':
    case 'FusedBatchNormV3':
      return batchNormStep(of)
    case 'Relu':
    case 'Relu6':
      return { kind: 'layers', layers: activationLayers(node, operation) }
    case 'Pad':
    case 'PadV2': {
      const [, , top = 0, bottom = 0, left = 0, right = 0] = constantAt(of, 1).values
      return { kind: 'pad', top, bottom, left, right }
    }
    case 'MaxPool':
    case 'AvgPool':
      return {
        kind: 'layers',
        layers: [
          {
            kind: operation === 'MaxPool' ? 'maxPool' : 'averagePool',
            size: expectSquare(node, positions(of.attributes['ksize'])),
            stride: expectSquare(node, positions(of.attributes['strides'])),
            padding: paddingIn(of),
          },
        ],
      }
    case 'Mean': {
      const axes = [...constantAt(of, 1).values].sort().join(', ')
      if (axes !== '1, 2') refuse(node, `is a mean over ${axes}, and not over rows and columns`)
      return { kind: 'layers', layers: [{ kind: 'globalAveragePool' }] }
    }
    case 'Squeeze':
    case 'Reshape':
      return { kind: 'flatten' }
    case 'Identity':
      return { kind: 'pass' }
    default:
      return refuse(node, `is of the type ${operation}, which cannot be imported`)
  }
}

function convolutionStep(of: GraphOperation): ImportStep {
  const { node, attributes } = of
  const kernel = constantAt(of, 1)
  const [height = 0, width = 0, channels = 0, last = 0] = kernel.shape
  if (positions(attributes['dilations']).some((rate) => rate !== 1))
    refuse(node, 'is dilated, which cannot be imported')
  const { bias, activation } = fused(of)
  const common = {
    name: importedName(node),
    size: expectSquare(node, [height, width]),
    stride: expectStride(node, positions(attributes['strides'])),
    padding: paddingIn(of),
    bias: bias !== null,
  }
  const isDepthwise = of.operation.includes('epthwise')
  if (isDepthwise && last !== 1)
    refuse(node, `has ${last} filters for each of ${channels} channels, and only 1 can be imported`)
  const layer: LayerOf<'conv' | 'depthwise'> = isDepthwise
    ? { kind: 'depthwise', ...common }
    : { kind: 'conv', filters: last, ...common }
  return { kind: 'layers', layers: [{ layer, kernel: kernel.values, bias }, ...activation] }
}

function matMulStep(of: GraphOperation): ImportStep {
  const { node, attributes } = of
  if (['transpose_a', 'transpose_b'].some((name) => attributes[name]?.['b'] === true))
    refuse(node, 'multiplies a transposed matrix, which cannot be imported')
  const kernel = constantAt(of, 1)
  const { bias, activation } = fused(of)
  const units = kernel.shape[1] ?? 0
  const layer = { kind: 'dense', name: importedName(node), units } as const
  return { kind: 'layers', layers: [{ layer, kernel: kernel.values, bias }, ...activation] }
}

/** What the converter has drawn into an operation. */
function fused(of: GraphOperation): {
  readonly bias: Float32Array | null
  readonly activation: readonly Layer[]
} {
  const names = texts(of.attributes['fused_ops'])
  const [first, ...rest] = names
  const hasBias = first === 'BiasAdd'
  const activations = hasBias ? rest : names
  return {
    bias: hasBias ? constantAt(of, 2).values : null,
    activation: activations.flatMap((name) => activationLayers(of.node, name)),
  }
}

/** A sum, difference, product or quotient with numbers of the model; the sum of two maps. */
function arithmeticStep(of: GraphOperation): ImportStep {
  const { node, operation, inputs, weights } = of
  const [left = '', right = ''] = inputs
  const isSum = operation === 'Add' || operation === 'AddV2' || operation === 'BiasAdd'
  const constant =
    weights.get(right) ?? (isSum || operation === 'Mul' ? weights.get(left) : undefined)
  if (!constant) {
    if (isSum) return { kind: 'add' }
    return refuse(node, `is a ${operation} of two computed values, which cannot be imported`)
  }
  const { shape, values } = constant
  if (values.length !== (shape.at(-1) ?? 1))
    refuse(node, `is a ${operation} with numbers that differ from place to place`)
  const ones = values.map(() => 1)
  const zeros = values.map(() => 0)
  if (isSum) return { kind: 'scale', scale: ones, offset: values }
  if (operation === 'Sub') return { kind: 'scale', scale: ones, offset: values.map((v) => -v) }
  const scale = operation === 'Mul' ? values : values.map((value) => 1 / value)
  return { kind: 'scale', scale, offset: zeros }
}

function batchNormStep(of: GraphOperation): ImportStep {
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => constantAt(of, i).values)
  const epsilon = Number(of.attributes['epsilon']?.['f'] ?? 1e-4)
  const scale = (variance ?? new Float32Array()).map(
    (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon),
  )
  const offset = scale.map((factor, i) => (beta?.[i] ?? 0) - (mean?.[i] ?? 0) * factor)
  return { kind: 'scale', scale, offset }
}

function constantAt({ node, inputs, weights }: GraphOperation, place: number): StoredWeight {
  const name = inputs[place] ?? ''
  return weights.get(name) ?? refuse(node, `has no number for its input ${place} (${name})`)
}

function paddingIn(of: GraphOperation): 'same' | 'valid' {
  return expectPadding(of.node, text(of.attributes['padding']) ?? 'none')
}

/** `dim` of `[batch, side, side, 3]`; −1 where any will do. */
function sizeIn(attribute: Attribute | undefined): number | null {
  const shape = attribute?.['shape'] as
    { readonly dim?: readonly { readonly size?: unknown }[] } | undefined
  const [, height, width] = (shape?.dim ?? []).map(({ size }) => Number(size))
  return height !== undefined && height > 0 && height === width ? height : null
}

/** Height and width out of a list that also names batch and channels. */
function positions(attribute: Attribute | undefined): readonly number[] {
  const list = attribute?.['list'] as { readonly i?: readonly unknown[] } | undefined
  return (list?.i ?? []).map(Number).slice(1, 3)
}

function text(attribute: Attribute | undefined): string | null {
  const bytes = attribute?.['s']
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString() : null
}

function texts(attribute: Attribute | undefined): readonly string[] {
  const list = attribute?.['list'] as { readonly s?: readonly unknown[] } | undefined
  return (list?.s ?? []).map((bytes) => Buffer.from(String(bytes), 'base64').toString())
}
