import type { Graph, Value } from './graph.ts'
import { matMul, reshape, sum } from './operators.ts'

/** Passes over maps `[batch, channels, height, width]` that work channel by channel. */

/** Activations that ORT applies on its way, and whose derivative can be told from their output. */
export type BlockActivation = 'none' | 'relu' | 'relu6'

const fusedActivations = {
  none: {},
  relu: { activation: 'Relu' },
  relu6: { activation: 'Clip', activation_params: { floats: [0, 6] } },
} as const

/** x · scale + offset (+ more), and then an activation: one pass, as a depthwise convolution of 1×1. */
export function affine(
  g: Graph,
  x: Value,
  { scale, offset }: { readonly scale: Value; readonly offset: Value },
  {
    plus,
    activation = 'none',
  }: { readonly plus?: Value; readonly activation?: BlockActivation } = {},
): Value {
  const channels = x.shape[1] ?? 0
  const kernel = reshape(g, scale, [channels, 1, 1, 1])
  const attributes = { kernel_shape: [1, 1], group: channels }
  const inputs = plus ? [x, kernel, offset, plus] : [x, kernel, offset]
  if (!plus && activation === 'none') return g.add('Conv', inputs, x.shape, { attributes })
  return g.add('FusedConv', inputs, x.shape, {
    domain: 'com.microsoft',
    attributes: { ...attributes, ...fusedActivations[activation] },
  })
}

/** Sum over batch and positions, `[channels]`. */
export function sumOfChannels(g: Graph, x: Value): Value {
  return sum(g, reshape(g, x, flatMap(x)), [0, 2])
}

/** Sum of the products of two maps over batch and positions, `[channels]`. */
export function dotOfChannels(g: Graph, x: Value, y: Value): Value {
  const [batch, channels, positions] = flatMap(x)
  const rows = [batch * channels, 1, positions]
  const products = matMul(g, reshape(g, x, rows), reshape(g, y, rows), { transposeB: true })
  return sum(g, reshape(g, products, [batch, channels]), [0])
}

function flatMap({ shape }: Value): readonly [number, number, number] {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  return [batch, channels, height * width]
}
