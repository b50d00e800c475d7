import type { Padding, Window } from './convolution.ts'
import { outputLength, pads } from './convolution.ts'
import type { Attribute, Graph, Value } from './graph.ts'
import * as onnx from './operators.ts'

/**
 * Operators on maps in ONNX Runtime's own layout for processors, NCHWc: channels in blocks, with the
 * channels of a block innermost. A value's shape still reads `[batch, channels, height, width]`;
 * channels are a multiple of the block. Whatever works on single elements, or on batch and
 * positions alone, does not see the difference.
 */
const domain = 'com.microsoft.nchwc'

export interface BlockedConvOptions {
  readonly window: Omit<Window, 'size'>
  readonly bias?: Value
  /** Added to the result. */
  readonly plus?: Value
  readonly activation?: BlockedActivation
  /** Each channel has its own filter. */
  readonly isDepthwise?: boolean
}

export type BlockedActivation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'clip'; readonly low: number; readonly high: number }
  /** max(0, min(1, slope · x + offset)) */
  | { readonly kind: 'hardSigmoid'; readonly slope: number; readonly offset: number }

/** How many channels are needed for `channels` of them: the next multiple of the block. */
export function paddedChannels(channels: number, block: number): number {
  return Math.ceil(channels / block) * block
}

/** From `[batch, channels, height, width]`; channels that are missing to the last block are 0. */
export function toBlocked(g: Graph, x: Value, block: number): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const padded = paddedChannels(channels, block)
  const whole = padded === channels ? x : onnx.padEnd(g, x, [0, padded - channels, 0, 0])
  return g.add('ReorderInput', [whole], [batch, padded, height, width], { domain })
}

/** Back to `[batch, channels, height, width]`, or with channels last; drops padded channels. */
export function fromBlocked(
  g: Graph,
  x: Value,
  channels: number,
  { isLast = false }: { readonly isLast?: boolean } = {},
): Value {
  const [batch = 0, , height = 0, width = 0] = x.shape
  const shape = isLast ? [batch, height, width, channels] : [batch, channels, height, width]
  return g.add('ReorderOutput', [x], shape, {
    domain,
    attributes: { channels, channels_last: isLast ? 1 : 0 },
  })
}

/**
 * @param x blocked, or `[batch, channels, height, width]` with fewer channels than a block
 * @param kernel as one of `blockedKernels.ts` lays it out
 */
export function blockedConv(g: Graph, x: Value, kernel: Value, options: BlockedConvOptions): Value {
  const { window, bias, plus, activation, isDepthwise = false } = options
  const { stride, padding } = window
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const [filters = 0, , rows = 0, columns = 0] = kernel.shape
  const shape = [
    batch,
    filters,
    outputLength(height + padding.top + padding.bottom, rows, stride),
    outputLength(width + padding.left + padding.right, columns, stride),
  ]
  const inputs = plus ? [x, kernel, bias ?? null, plus] : bias ? [x, kernel, bias] : [x, kernel]
  return g.add('Conv', inputs, shape, {
    domain,
    attributes: {
      kernel_shape: [rows, columns],
      strides: [stride, stride],
      pads: pads(padding),
      ...(isDepthwise && { group: channels }),
      ...(activation && attributesOf(activation)),
    },
  })
}

/** scale · x + offset (+ more) of each channel, then an activation: one pass. */
export function blockedAffine(
  g: Graph,
  x: Value,
  { scale, offset }: { readonly scale: Value; readonly offset: Value },
  options: Pick<BlockedConvOptions, 'plus' | 'activation'> = {},
): Value {
  const kernel = onnx.reshape(g, scale, [x.shape[1] ?? 0, 1, 1, 1])
  const window = { stride: 1, padding: noPadding }
  return blockedConv(g, x, kernel, { ...options, window, bias: offset, isDepthwise: true })
}

/** Mean over positions, `[batch, channels]`. */
export function blockedMeans(g: Graph, x: Value): Value {
  const [batch = 0, channels = 0] = x.shape
  const means = g.add('GlobalAveragePool', [x], [batch, channels, 1, 1], { domain })
  return onnx.reshape(g, means, [batch, channels])
}

/** The same value at all positions. @param x `[batch, channels]` */
export function blockedBroadcast(
  g: Graph,
  x: Value,
  { block, sides: [height, width] }: { block: number; sides: readonly [number, number] },
): Value {
  const [batch = 0, channels = 0] = x.shape
  const blocks = (batch * channels) / block
  const whole = onnx.expand(g, onnx.reshape(g, x, [blocks, 1, block]), [
    blocks,
    height * width,
    block,
  ])
  return onnx.reshape(g, whole, [batch, channels, height, width])
}

/** Sum over batch and positions, `[channels]`. */
export function blockedSum(g: Graph, x: Value): Value {
  const [, , height = 0, width = 0] = x.shape
  const means = onnx.sum(g, blockedMeans(g, x), [0])
  return onnx.mul(g, means, onnx.scalar(g, height * width))
}

/** Sum of the products of two maps over batch and positions, `[channels]`. */
export function blockedDot(g: Graph, x: Value, y: Value): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  // Each channel of each image is convolved with a filter of its own size.
  const picture = onnx.reshape(g, x, [1, batch * channels, height, width])
  const filters = onnx.reshape(g, y, [batch * channels, 1, height, width])
  const products = g.add('Conv', [picture, filters], [1, batch * channels, 1, 1], {
    domain,
    attributes: { kernel_shape: [height, width], group: batch * channels },
  })
  return onnx.sum(g, onnx.reshape(g, products, [batch, channels]), [0])
}

/**
 * dL/dkernel of a depthwise {@link blockedConv}, `[size, size, channels]`: each channel of each image
 * is convolved with its dL/doutput, and the results are added up over the batch.
 */
export function blockedKernelProducts(
  g: Graph,
  x: Value,
  dy: Value,
  { window, block }: { readonly window: Window; readonly block: number },
): Value {
  const { size, stride, padding } = window
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const [, , outHeight = 0, outWidth = 0] = dy.shape
  const maps = batch * channels
  const picture = onnx.reshape(g, x, [1, maps, height, width])
  const filters = onnx.reshape(g, dy, [maps, 1, outHeight, outWidth])
  const rows = height + padding.top + padding.bottom - stride * (outHeight - 1)
  const columns = width + padding.left + padding.right - stride * (outWidth - 1)
  const products = g.add('Conv', [picture, filters], [1, maps, rows, columns], {
    domain,
    attributes: {
      kernel_shape: [outHeight, outWidth],
      dilations: [stride, stride],
      pads: pads(padding),
      group: maps,
    },
  })
  const kernels = onnx.sum(
    g,
    onnx.reshape(g, products, [batch, channels / block, rows, columns, block]),
    [0],
  )
  // With a stride the maps may reach beyond the last window.
  const own = onnx.slice(g, kernels, [
    { axis: 1, start: 0, end: size },
    { axis: 2, start: 0, end: size },
  ])
  return onnx.reshape(g, onnx.transpose(g, own, [1, 2, 0, 3]), [size, size, channels])
}

/** Largest of each 2×2 window; even sides. */
export function blockedMaxPool(g: Graph, x: Value): Value {
  return pool2(g, 'MaxPool', x)
}

/** Each element four times, as a square. */
export function blockedRepeat(g: Graph, x: Value): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  return g.add('Upsample', [x], [batch, channels, 2 * height, 2 * width], {
    domain,
    attributes: { scales: [1, 1, 2, 2], mode: 'nearest' },
  })
}

/** Each element followed by a zero, in both directions. */
export function blockedSpread(g: Graph, x: Value, block: number): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const positions = 4 * height * width
  const isKept = Float32Array.from({ length: positions * block }, (_, i) => {
    const position = Math.floor(i / block)
    const isFirst = Math.floor(position / (2 * width)) % 2 === 0 && position % 2 === 0
    return isFirst ? 1 : 0
  })
  const rows = onnx.reshape(g, blockedRepeat(g, x), [(batch * channels) / block, positions * block])
  const kept = onnx.mul(g, rows, g.constant(isKept, [positions * block]))
  return onnx.reshape(g, kept, [batch, channels, 2 * height, 2 * width])
}

/** 1 where `x` is above 0, else 0. */
export function blockedIsPositive(g: Graph, x: Value): Value {
  const channels = x.shape[1] ?? 0
  const slope = g.constant(new Float32Array(channels).fill(steep), [channels])
  const zero = g.constant(new Float32Array(channels), [channels])
  return blockedAffine(
    g,
    x,
    { scale: slope, offset: zero },
    { activation: { kind: 'clip', low: 0, high: 1 } },
  )
}

/** 1 where `x` is the maximum of its window, else 0. */
export function blockedMaxima(g: Graph, x: Value, pooled: Value): Value {
  const channels = x.shape[1] ?? 0
  const one = g.constant(new Float32Array(channels).fill(1), [channels])
  const zero = g.constant(new Float32Array(channels), [channels])
  return blockedAffine(
    g,
    x,
    { scale: one, offset: zero },
    {
      plus: blockedRepeat(g, onnx.neg(g, pooled)),
      activation: { kind: 'hardSigmoid', slope: steep, offset: 1 },
    },
  )
}

/** Makes a step of a hard sigmoid: any float32 difference that is not 0 and not denormal saturates. */
const steep = 1e30

/** Mean of each 2×2 window. */
export function blockedAveragePool(g: Graph, x: Value): Value {
  return pool2(g, 'AveragePool', x)
}

function pool2(g: Graph, operator: string, x: Value): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  return g.add(operator, [x], [batch, channels, height / 2, width / 2], {
    domain,
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  })
}

const noPadding: Padding = { top: 0, bottom: 0, left: 0, right: 0 }

function attributesOf(activation: BlockedActivation): Record<string, Attribute> {
  switch (activation.kind) {
    case 'relu':
      return { activation: 'Relu' }
    case 'clip':
      return {
        activation: 'Clip',
        activation_params: { floats: [activation.low, activation.high] },
      }
    case 'hardSigmoid':
      return {
        activation: 'HardSigmoid',
        activation_params: { floats: [activation.slope, activation.offset] },
      }
    default:
      return activation satisfies never
  }
}
