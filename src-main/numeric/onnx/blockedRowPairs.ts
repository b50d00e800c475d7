import { blockedConv, fromBlocked } from './blocked.ts'
import { kernelGradientByFilter, pads } from './convolution.ts'
import type { Padding, Window } from './convolution.ts'
import type { Graph, Value } from './graph.ts'
import * as onnx from './operators.ts'

/**
 * Convolutions with a 3×3 kernel and stride 1 that compute two rows of the output at a time: four
 * convolutions of half the height with kernels of one row, which take two thirds of the products. It
 * is F(2, 3) of Winograd along the rows alone: Lavin, Gray, "Fast Algorithms for Convolutional Neural
 * Networks", CVPR 2016, arXiv:1509.09308. Along both sides it would take four ninths, and lose that
 * again in 16 passes over the map.
 *
 * With x₀ … x₃ for the four rows that two of the output see, and k₀, k₁, k₂ for those of the kernel:
 *
 *   p₀ = (x₀ − x₂) k₀    p₁ = ½ (x₁ + x₂) (k₀ + k₁ + k₂)
 *   p₃ = (x₃ − x₁) k₂    p₂ = ½ (x₂ − x₁) (k₀ − k₁ + k₂)
 *
 * y₀ = p₀ + p₁ + p₂ and y₁ = p₁ − p₂ + p₃.
 */
const kernelSize = 3

/** One for each product. */
type Four = readonly [Value, Value, Value, Value]
export type RowPairKernels = Four
export type RowPairGradients = Four

/** With fewer channels the passes over the map take longer than the products that they save. */
const fewestChannels = 64

/** The two of the four rows that make a product, and what they are multiplied with. */
interface Combination {
  readonly rows: readonly [number, number]
  readonly factors: readonly [number, number]
}

const combinations: readonly [Combination, Combination, Combination, Combination] = [
  { rows: [0, 2], factors: [1, -1] },
  { rows: [1, 2], factors: [1 / 2, 1 / 2] },
  { rows: [1, 2], factors: [-1 / 2, 1 / 2] },
  { rows: [1, 3], factors: [-1, 1] },
]

export function canPairRows(
  { size, stride, padding: { top, bottom } }: Window,
  { channels, filters, height }: { channels: number; filters: number; height: number },
): boolean {
  if (size !== kernelSize || stride !== 1 || Math.min(channels, filters) < fewestChannels)
    return false
  return top >= 1 && bottom >= 1 && (height + top + bottom) % 2 === 0
}

/**
 * The factors of the rows of x in the four products.
 *
 * @param kernel `[3, 3, in, out]`
 * @param options.isMirrored whether its last row is the first
 * @param options.laidOut brings one row `[1, 3, in, out]` into the blocked form
 */
export function rowPairKernels(
  g: Graph,
  kernel: Value,
  { isMirrored, laidOut }: { isMirrored: boolean; laidOut: (row: Value) => Value },
): RowPairKernels {
  const rowAt = (row: number) =>
    laidOut(onnx.slice(g, kernel, [{ axis: 0, start: row, end: row + 1 }]))
  const first = rowAt(isMirrored ? 2 : 0)
  const middle = rowAt(1)
  const last = rowAt(isMirrored ? 0 : 2)
  const outer = onnx.add(g, first, last)
  return [first, onnx.add(g, outer, middle), onnx.sub(g, outer, middle), last]
}

/** The convolution of a blocked map; its padding is at least 1 above and below. */
export function rowPairConv(
  g: Graph,
  x: Value,
  [k0, k1, k2, k3]: RowPairKernels,
  { padding, bias, block }: { padding: Padding; bias?: Value; block: number },
): Value {
  const [x0, x1, x2, x3] = combinedRows(g, x, { padding, block, sign: 1 })
  const window = { stride: 1, padding: withinRow(padding) }
  // The one product that both rows add: the bias is in it.
  const p1 = blockedConv(g, x1, k1, { window, ...(bias && { bias }) })
  const p2 = blockedConv(g, x2, k2, { window })
  const y0 = blockedConv(g, x0, k0, { window, plus: onnx.add(g, p1, p2) })
  const y1 = blockedConv(g, x3, k3, { window, plus: onnx.sub(g, p1, p2) })
  const [batch = 0, filters = 0, pairs = 0, width = 0] = p1.shape
  const shape = [(batch * filters * pairs) / block, width * block]
  const rows = [y0, y1].map((y) => onnx.reshape(g, y, shape))
  return onnx.reshape(g, onnx.concat(g, rows, 1), [batch, filters, 2 * pairs, width])
}

/**
 * Minus the gradient of each of the four kernels, `[1, 3, in, out]`.
 *
 * @param x blocked
 * @param channels of x without those that fill up the last block
 * @param dyByFilter `[out, batch, height, width]`
 */
export function rowPairGradients(
  g: Graph,
  x: Value,
  dyByFilter: Value,
  { padding, channels, block }: { padding: Padding; channels: number; block: number },
): RowPairGradients {
  const [filters = 0, batch = 0, height = 0, width = 0] = dyByFilter.shape
  const pairs = onnx.reshape(g, dyByFilter, [filters, batch, height / 2, 2 * width])
  const rowOf = (row: number) =>
    onnx.slice(g, pairs, [{ axis: 3, start: row * width, end: (row + 1) * width }])
  const dy0 = rowOf(0)
  const dy1 = rowOf(1)
  // With the other sign: what the forward pass has computed as well would be kept in memory until here.
  const [x0, x1, x2, x3] = combinedRows(g, x, { padding, block, sign: -1 })
  const window = { sides: [1, kernelSize], stride: 1, padding: withinRow(padding) } as const
  const gradientOf = (rows: Value, dy: Value) => {
    const last = fromBlocked(g, rows, channels, { isLast: true })
    return kernelGradientByFilter(g, last, dy, window)
  }
  return [
    gradientOf(x0, dy0),
    gradientOf(x1, onnx.add(g, dy0, dy1)),
    gradientOf(x2, onnx.sub(g, dy0, dy1)),
    gradientOf(x3, dy1),
  ]
}

/**
 * The gradient of the kernel, `[3, 3, in, out]`.
 *
 * @param gradients of {@link rowPairGradients}
 * @param factors each filter's gradient is multiplied with its own
 */
export function rowPairKernelGradient(
  g: Graph,
  [d0, d1, d2, d3]: RowPairGradients,
  factors: Value,
): Value {
  const outer = onnx.add(g, d1, d2)
  const rows = [onnx.add(g, d0, outer), onnx.sub(g, d1, d2), onnx.add(g, outer, d3)]
  return onnx.mul(g, onnx.concat(g, rows, 0), onnx.neg(g, factors))
}

/** The four sums and differences of rows for each two rows of the output. */
function combinedRows(
  g: Graph,
  x: Value,
  { padding: { top, bottom }, block, sign }: { padding: Padding; block: number; sign: number },
): Four {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const pairs = (height + top + bottom - kernelSize + 1) / 2
  const combined = ({ rows: [first, second], factors }: Combination) => {
    const kernel = Float32Array.from({ length: 2 * channels }, (_, i) => {
      return sign * (factors[Math.floor(i / block) % 2] ?? 0)
    })
    return g.add(
      'Conv',
      [x, g.constant(kernel, [channels, 1, 2, 1])],
      [batch, channels, pairs, width],
      {
        domain: 'com.microsoft.nchwc',
        attributes: {
          kernel_shape: [2, 1],
          dilations: [second - first, 1],
          strides: [2, 1],
          pads: pads({ top: top - first, bottom: bottom + second - 3, left: 0, right: 0 }),
          group: channels,
        },
      },
    )
  }
  const [c0, c1, c2, c3] = combinations
  return [combined(c0), combined(c1), combined(c2), combined(c3)]
}

function withinRow(padding: Padding): Padding {
  return { ...padding, top: 0, bottom: 0 }
}
