import * as z from 'zod'
import type { Border, LayerOf } from '../layer.ts'
import type { StoredWeights } from './decodeWeights.ts'
import {
  activationLayers,
  expectPadding,
  expectSquare,
  expectStride,
  importedName,
  refuse,
} from './node.ts'
import type { ImportNode, ImportStep, LinearStep } from './node.ts'

/** A layer of a Keras model as its file describes it. */
export interface KerasLayer {
  /** Unique in the whole model. */
  readonly node: string
  /** Its own name, which its weights begin with. */
  readonly owner: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
  readonly weights: StoredWeights
}

const pair = z
  .union([z.number(), z.array(z.number())])
  .transform((sides) => (typeof sides === 'number' ? [sides, sides] : sides))
const convolution = z.looseObject({
  kernel_size: pair,
  strides: pair,
  padding: z.string(),
  use_bias: z.boolean().default(true),
  activation: z.string().nullable().default('linear'),
  dilation_rate: pair.default([1, 1]),
  groups: z.number().default(1),
  depth_multiplier: z.number().default(1),
})
const dense = z.looseObject({
  use_bias: z.boolean().default(true),
  activation: z.string().nullable().default('linear'),
})
const pool = z.looseObject({
  pool_size: pair,
  strides: pair.nullish(),
  padding: z.string().default('valid'),
})
const batchNorm = z.looseObject({
  axis: z.union([z.number(), z.array(z.number())]).default(-1),
  epsilon: z.number().default(1e-3),
})
const reluConfig = z.looseObject({
  max_value: z.number().nullish(),
  negative_slope: z.union([z.number(), z.array(z.number())]).nullish(),
  threshold: z.number().nullish(),
})
/** A number for all sides, one for rows and one for columns, or two for each. */
const border = z.union([z.number(), z.array(z.union([z.number(), z.array(z.number())]))])
const zeroPadding = z.looseObject({ padding: border.transform(toBorder) })
const rescaling = z.looseObject({ scale: z.number(), offset: z.number().default(0) })

export function kerasRole(className: string): ImportNode['role'] {
  switch (className) {
    case 'InputLayer':
      return 'input'
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D':
      return 'pool'
    case 'Flatten':
    case 'Dense':
      return 'head'
    default:
      return 'other'
  }
}

/** @throws WorkbenchError `bad-request` for a class or a setting of it that cannot be imported */
export function kerasStep(layer: KerasLayer): ImportStep {
  const { node, className, config } = layer
  if ((config['data_format'] ?? 'channels_last') !== 'channels_last')
    refuse(node, 'has its channels first, and only channels last can be imported')
  switch (className) {
    case 'InputLayer':
      return { kind: 'input', size: sizeIn(config) }
    case 'Conv2D':
    case 'DepthwiseConv2D':
    case 'SeparableConv2D':
      return convolutionStep(layer)
    case 'Dense': {
      const { use_bias: hasBias, activation } = read(layer, dense)
      const kernel = weightOf(layer, 'kernel')
      return {
        kind: 'layers',
        layers: [
          {
            layer: { kind: 'dense', name: importedName(node), units: kernel.shape[1] ?? 0 },
            kernel: kernel.values,
            bias: hasBias ? weightOf(layer, 'bias').values : null,
          },
          ...activationLayers(node, activation ?? 'linear'),
        ],
      }
    }
    case 'BatchNormalization':
      return batchNormStep(layer)
    case 'Activation':
      return { kind: 'layers', layers: activationLayers(node, String(config['activation'])) }
    case 'ReLU':
      return reluStep(layer)
    case 'ZeroPadding2D':
      return { kind: 'pad', ...read(layer, zeroPadding).padding }
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const { pool_size: sides, strides, padding: kind } = read(layer, pool)
      const size = expectSquare(node, sides)
      return {
        kind: 'layers',
        layers: [
          {
            kind: className === 'MaxPooling2D' ? 'maxPool' : 'averagePool',
            size,
            stride: expectSquare(node, strides ?? sides),
            padding: expectPadding(node, kind),
          },
        ],
      }
    }
    case 'GlobalAveragePooling2D':
      return { kind: 'layers', layers: [{ kind: 'globalAveragePool' }] }
    case 'GlobalMaxPooling2D':
      return { kind: 'layers', layers: [{ kind: 'globalMaxPool' }] }
    case 'Add':
      return { kind: 'add' }
    case 'Flatten':
    case 'Reshape':
      return { kind: 'flatten' }
    case 'Dropout':
    case 'SpatialDropout2D':
    case 'GaussianNoise':
    case 'GaussianDropout':
      return { kind: 'pass' }
    case 'Rescaling': {
      const { scale, offset } = read(layer, rescaling)
      return { kind: 'scale', scale: Float32Array.of(scale), offset: Float32Array.of(offset) }
    }
    default:
      return refuse(node, `is of the type ${className}, which cannot be imported`)
  }
}

function convolutionStep(layer: KerasLayer): ImportStep {
  const { node, className } = layer
  const config = read(layer, convolution)
  if (config.dilation_rate.some((rate) => rate !== 1))
    refuse(node, `is dilated by ${config.dilation_rate.join('×')}, which cannot be imported`)
  if (config.groups !== 1) refuse(node, `has ${config.groups} groups, which cannot be imported`)
  const window = {
    size: expectSquare(node, config.kernel_size),
    stride: expectStride(node, config.strides),
    padding: expectPadding(node, config.padding),
  }
  const bias = config.use_bias ? weightOf(layer, 'bias').values : null
  const activation = activationLayers(node, config.activation ?? 'linear')
  const depthwise = (name: string, ownBias: Float32Array | null): LinearStep => {
    if (config.depth_multiplier !== 1)
      refuse(node, `has ${config.depth_multiplier} filters a channel, and only 1 can be imported`)
    return {
      layer: { kind: 'depthwise', name: importedName(name), ...window, bias: ownBias !== null },
      kernel: weightOf(layer, 'depthwise_kernel').values,
      bias: ownBias,
    }
  }
  const conv = (name: string, part: string, at: Window): LinearStep => {
    const kernel = weightOf(layer, part)
    const filters = kernel.shape[3] ?? 0
    return {
      layer: { kind: 'conv', name: importedName(name), filters, ...at, bias: bias !== null },
      kernel: kernel.values,
      bias,
    }
  }
  const pointwise = { size: 1, stride: 1, padding: 'valid' } as const
  const linear =
    className === 'Conv2D'
      ? [conv(node, 'kernel', window)]
      : className === 'DepthwiseConv2D'
        ? [depthwise(node, bias)]
        : [
            depthwise(`${node}/depthwise`, null),
            conv(`${node}/pointwise`, 'pointwise_kernel', pointwise),
          ]
  return { kind: 'layers', layers: [...linear, ...activation] }
}

type Window = Pick<LayerOf<'conv'>, 'size' | 'stride' | 'padding'>

/** As in evaluation: y = γ (x − mean) / √(variance + ε) + β. */
function batchNormStep(layer: KerasLayer): ImportStep {
  const { axis, epsilon } = read(layer, batchNorm)
  const [along] = [axis].flat()
  if (along !== -1 && along !== 3 && along !== 1)
    refuse(layer.node, `normalises axis ${along}, and only channels can be imported`)
  const mean = weightOf(layer, 'moving_mean').values
  const variance = weightOf(layer, 'moving_variance').values
  const gamma = optionalWeight(layer, 'gamma')?.values
  const beta = optionalWeight(layer, 'beta')?.values
  const scale = variance.map((value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon))
  const offset = mean.map((value, i) => (beta?.[i] ?? 0) - value * (scale[i] ?? 0))
  return { kind: 'scale', scale, offset }
}

function reluStep(layer: KerasLayer): ImportStep {
  const { max_value: most, negative_slope: slope, threshold } = read(layer, reluConfig)
  if ([slope].flat().some((value) => (value ?? 0) !== 0) || (threshold ?? 0) !== 0)
    refuse(layer.node, 'is a ReLU with a slope or a threshold, which cannot be imported')
  if (most === null || most === undefined) return { kind: 'layers', layers: [{ kind: 'relu' }] }
  if (most === 6) return { kind: 'layers', layers: [{ kind: 'relu6' }] }
  return refuse(layer.node, `is a ReLU up to ${most}, and only one up to 6 can be imported`)
}

function sizeIn(config: KerasLayer['config']): number | null {
  const shape: unknown = config['batch_input_shape'] ?? config['batch_shape']
  if (!Array.isArray(shape)) return null
  const [, height, width] = shape as readonly unknown[]
  return typeof height === 'number' && height === width ? height : null
}

function toBorder(padding: z.infer<typeof border>): Border {
  const [rows = 0, columns = 0] = typeof padding === 'number' ? [padding, padding] : padding
  const both = (sides: number | readonly number[]) =>
    typeof sides === 'number' ? [sides, sides] : sides
  const [[top = 0, bottom = 0], [left = 0, right = 0]] = [both(rows), both(columns)]
  return { top, bottom, left, right }
}

function read<Schema extends z.ZodType>(
  { node, config }: KerasLayer,
  schema: Schema,
): z.infer<Schema> {
  const values = schema.safeParse(config)
  if (values.success) return values.data
  const [issue] = values.error.issues
  return refuse(
    node,
    `has no usable ${issue?.path.join('.') ?? 'configuration'}: ${issue?.message ?? ''}`,
  )
}

function weightOf(
  layer: KerasLayer,
  part: string,
): { shape: readonly number[]; values: Float32Array } {
  return (
    optionalWeight(layer, part) ?? refuse(layer.node, `has no ${part} among the model's weights`)
  )
}

/** Names are `layer/kernel`, within models of Keras also `model/layer/kernel`. */
function optionalWeight(
  { owner, weights }: KerasLayer,
  part: string,
): { readonly shape: readonly number[]; readonly values: Float32Array } | undefined {
  const exact = weights.get(`${owner}/${part}`)
  if (exact) return exact
  const found = [...weights].filter(([name]) => name.endsWith(`/${owner}/${part}`))
  return found.length === 1 ? found[0]?.[1] : undefined
}
