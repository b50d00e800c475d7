import { outputLength, pads } from './convolution.ts'
import type { Window } from './convolution.ts'
import type { Graph, Value } from './graph.ts'
import { mul, reshape, slice, sum, transpose, turnedAround } from './operators.ts'

/**
 * Convolution of maps `[batch, channels, height, width]`, each channel with a filter of its own.
 *
 * @param kernel `[channels, 1, size, size]`
 * @param bias `[channels]`
 */
export function depthwiseConv(
  g: Graph,
  x: Value,
  kernel: Value,
  window: Window,
  bias?: Value,
): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const { size, stride, padding } = window
  const shape = [
    batch,
    channels,
    outputLength(height + padding.top + padding.bottom, size, stride),
    outputLength(width + padding.left + padding.right, size, stride),
  ]
  return g.add('Conv', bias ? [x, kernel, bias] : [x, kernel], shape, {
    attributes: {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: pads(padding),
      group: channels,
    },
  })
}

/**
 * dL/dx of {@link depthwiseConv}: a convolution with the filters turned around. With a stride, zeros go
 * between the elements of dy first; ORT's grouped ConvTranspose takes several times as long.
 *
 * @param shape of x
 */
export function depthwiseInputGradient(
  g: Graph,
  dy: Value,
  kernel: Value,
  { size, stride, padding }: Window,
  shape: readonly number[],
): Value {
  const last = size - 1
  const top = last - padding.top
  const left = last - padding.left
  // Rows and columns of dy that the filter must see for every element of x.
  const [, , height = 0, width = 0] = shape
  const rows = height + last - top
  const columns = width + last - left
  const spreadDy = stride === 1 ? dy : spread(g, dy, stride)
  const [, , spreadRows = 0, spreadColumns = 0] = spreadDy.shape
  const isSeenWhole = spreadRows <= rows && spreadColumns <= columns
  const seen = isSeenWhole
    ? spreadDy
    : slice(g, spreadDy, [
        { axis: 2, start: 0, end: Math.min(spreadRows, rows) },
        { axis: 3, start: 0, end: Math.min(spreadColumns, columns) },
      ])
  const bottom = Math.max(rows - spreadRows, 0)
  const right = Math.max(columns - spreadColumns, 0)
  const turned = size === 1 ? kernel : turnedAround(g, kernel, [2, 3])
  return depthwiseConv(g, seen, turned, {
    size,
    stride: 1,
    padding: { top, bottom, left, right },
  })
}

/**
 * dL/dkernel of {@link depthwiseConv} as `[size, size, channels, 1]`: every map of x is convolved with
 * its map of dy, and the results are added up over the batch.
 */
export function depthwiseKernelGradient(g: Graph, x: Value, dy: Value, window: Window): Value {
  const { size, stride, padding } = window
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const [, , outHeight = 0, outWidth = 0] = dy.shape
  const maps = batch * channels
  const rows = height + padding.top + padding.bottom - stride * (outHeight - 1)
  const columns = width + padding.left + padding.right - stride * (outWidth - 1)
  const product = g.add(
    'Conv',
    [reshape(g, x, [1, maps, height, width]), reshape(g, dy, [maps, 1, outHeight, outWidth])],
    [1, maps, rows, columns],
    {
      attributes: {
        kernel_shape: [outHeight, outWidth],
        dilations: [stride, stride],
        pads: pads(padding),
        group: maps,
      },
    },
  )
  // With a stride the maps may reach beyond the last window.
  const isWhole = rows === size && columns === size
  const kernels = isWhole
    ? product
    : slice(g, product, [
        { axis: 2, start: 0, end: size },
        { axis: 3, start: 0, end: size },
      ])
  const total = sum(g, reshape(g, kernels, [batch, channels * size * size]), [0])
  const byPosition = transpose(g, reshape(g, total, [channels, size * size]), [1, 0])
  return reshape(g, byPosition, [size, size, channels, 1])
}

/** Each element followed by `stride − 1` zeros, in both directions. */
function spread(g: Graph, x: Value, stride: number): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const rows = height * stride
  const columns = width * stride
  const scales = g.constant(Float32Array.of(1, 1, stride, stride), [4])
  const repeated = g.add('Resize', [x, null, scales], [batch, channels, rows, columns], {
    attributes: {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
  })
  const isKept = Float32Array.from({ length: rows * columns }, (_, i) => {
    const isFirst = Math.floor(i / columns) % stride === 0 && (i % columns) % stride === 0
    return isFirst ? 1 : 0
  })
  return mul(g, repeated, g.constant(isKept, [rows, columns]))
}
