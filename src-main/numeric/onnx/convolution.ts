import type { Graph, Value } from './graph.ts'
import {
  div,
  matMul,
  mul,
  reshape,
  scalar,
  slice,
  sum,
  transpose,
  turnedAround,
} from './operators.ts'

/** A two-dimensional convolution of maps `[batch, channels, height, width]`. */
export interface Window {
  /** Side of the square kernel. */
  readonly size: number
  readonly stride: number
  readonly padding: Padding
}

export interface Padding {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/**
 * @param x `[batch, in, height, width]`
 * @param kernel `[out, in, size, size]`
 * @param bias `[out]`
 */
export function conv(g: Graph, x: Value, kernel: Value, window: Window, bias?: Value): Value {
  const [batch = 0, , height = 0, width = 0] = x.shape
  const { size, stride, padding } = window
  const shape = [
    batch,
    kernel.shape[0] ?? 0,
    outputLength(height + padding.top + padding.bottom, size, stride),
    outputLength(width + padding.left + padding.right, size, stride),
  ]
  return g.add('Conv', bias ? [x, kernel, bias] : [x, kernel], shape, {
    attributes: { kernel_shape: [size, size], strides: [stride, stride], pads: pads(padding) },
  })
}

/**
 * dL/dx of {@link conv}.
 *
 * @param dy `[batch, out, outHeight, outWidth]`
 * @param shape of x
 */
export function convInputGradient(
  g: Graph,
  dy: Value,
  kernel: Value,
  window: Window,
  shape: readonly number[],
): Value {
  const { size, stride, padding } = window
  const last = size - 1
  const mirrored = {
    top: last - padding.top,
    bottom: last - padding.bottom,
    left: last - padding.left,
    right: last - padding.right,
  }
  if (stride === 1 && Object.values(mirrored).every((length) => length >= 0)) {
    // A convolution with the kernel turned around is faster than ConvTranspose.
    const turned = size === 1 ? kernel : turnedAround(g, kernel, [2, 3])
    return conv(g, dy, transpose(g, turned, [1, 0, 2, 3]), { size, stride: 1, padding: mirrored })
  }
  const [, , height = 0, width = 0] = shape
  const [, , outHeight = 0, outWidth = 0] = dy.shape
  const missed = (length: number, outLength: number, before: number, after: number) =>
    length - ((outLength - 1) * stride + size - before - after)
  return g.add('ConvTranspose', [dy, kernel], shape, {
    attributes: {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: pads(padding),
      output_padding: [
        missed(height, outHeight, padding.top, padding.bottom),
        missed(width, outWidth, padding.left, padding.right),
      ],
    },
  })
}

/**
 * dL/dkernel of {@link conv} as `[size, size, in, out]`.
 *
 * @param x itself, and a function that gives it with its channels last, `[batch, height, width, in]`
 */
export function convKernelGradient(
  g: Graph,
  { x, last }: { readonly x: Value; readonly last: () => Value },
  dy: Value,
  window: Window,
): Value {
  const isPointwise = window.size === 1 && window.stride === 1
  if (isPointwise) return pointwiseKernelGradient(g, x, dy)
  const sides = [window.size, window.size] as const
  return kernelGradientByFilter(g, last(), transpose(g, dy, [1, 0, 2, 3]), { ...window, sides })
}

/** A product of matrices for each image, and their sum: 1.5–3 times as fast as one convolution. */
function pointwiseKernelGradient(g: Graph, x: Value, dy: Value): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const [, filters = 0] = dy.shape
  const positions = height * width
  const products = matMul(
    g,
    reshape(g, x, [batch, channels, positions]),
    reshape(g, dy, [batch, filters, positions]),
    { transposeB: true },
  )
  return reshape(g, sum(g, products, [0]), [1, 1, channels, filters])
}

/**
 * dL/dkernel of {@link conv} as `[...sides, in, out]`: one convolution over the images as if the
 * batch were its channels, with dy as its filter. Rows of `width · channels` make the channels of x
 * a part of the picture (dilation = channels), which is 2–4 times as fast as a swap of batch and
 * channels.
 *
 * @param xLast x with its channels last, `[batch, height, width, in]`
 * @param dyByFilter `[out, batch, outHeight, outWidth]`
 * @param window.sides of the kernel
 */
export function kernelGradientByFilter(
  g: Graph,
  xLast: Value,
  dyByFilter: Value,
  window: Omit<Window, 'size'> & { readonly sides: readonly [number, number] },
): Value {
  const { sides, stride, padding } = window
  const [kernelHeight, kernelWidth] = sides
  const [batch = 0, height = 0, width = 0, channels = 0] = xLast.shape
  const [filters = 0, , outHeight = 0, outWidth = 0] = dyByFilter.shape
  const rows = height + padding.top + padding.bottom - stride * (outHeight - 1)
  const columns = (width + padding.left + padding.right - stride * (outWidth - 1)) * channels
  const product = g.add(
    'Conv',
    [reshape(g, xLast, [1, batch, height, width * channels]), dyByFilter],
    [1, filters, rows, columns],
    {
      attributes: {
        kernel_shape: [outHeight, outWidth],
        dilations: [stride, stride * channels],
        pads: [padding.top, padding.left * channels, padding.bottom, padding.right * channels],
      },
    },
  )
  // With a stride the picture may reach beyond the last window.
  const isWhole = rows === kernelHeight && columns === kernelWidth * channels
  const kernel = isWhole
    ? product
    : slice(g, product, [
        { axis: 2, start: 0, end: kernelHeight },
        { axis: 3, start: 0, end: kernelWidth * channels },
      ])
  const rowsOfFilters = reshape(g, kernel, [filters, kernelHeight * kernelWidth * channels])
  return reshape(g, transpose(g, rowsOfFilters, [1, 0]), [...sides, channels, filters])
}

/** Largest value of each 2×2 window at stride 2; a last odd row or column is dropped. */
export function maxPool(g: Graph, x: Value): Value {
  return g.add('MaxPool', [x], pooledShape(x), { attributes: poolAttributes })
}

/**
 * {@link maxPool}, and where each maximum was; of equal values the first counts. An order of
 * magnitude slower.
 *
 * @returns `places`: int64, indices into the flat input
 */
export function maxPoolWithPlaces(
  g: Graph,
  x: Value,
): { readonly output: Value; readonly places: Value } {
  const shape = pooledShape(x)
  const [output, places] = g.addMany(
    'MaxPool',
    [x],
    [
      { shape, type: 'float32' },
      { shape, type: 'int64' },
    ],
    { attributes: poolAttributes },
  )
  return { output: output as Value, places: places as Value }
}

/** Adds each element of dy to the element of `base` that its window's maximum came from. */
export function addAtPlaces(g: Graph, base: Value, dy: Value, places: Value): Value {
  const size = base.shape.reduce((product, length) => product * length, 1)
  const pooledSize = dy.shape.reduce((product, length) => product * length, 1)
  const sum = g.add(
    'ScatterND',
    [reshape(g, base, [size]), reshape(g, places, [pooledSize, 1]), reshape(g, dy, [pooledSize])],
    [size],
    { attributes: { reduction: 'add' } },
  )
  return reshape(g, sum, base.shape)
}

const poolAttributes = { kernel_shape: [2, 2], strides: [2, 2] }

function pooledShape({ shape }: Value): readonly number[] {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  return [batch, channels, Math.floor(height / 2), Math.floor(width / 2)]
}

/**
 * Gives each element of dy to the elements of x that are their window's maximum, in equal shares if
 * there are several. Faster than {@link maxPoolWithPlaces} and {@link addAtPlaces}.
 *
 * @param x of even height and width
 * @param pooled its {@link maxPool}
 */
export function shareAmongMaxima(g: Graph, x: Value, pooled: Value, dy: Value): Value {
  const isEqual = g.add('Equal', [x, repeat(g, pooled)], x.shape, { type: 'bool' })
  const isMaximum = g.add('Cast', [isEqual], x.shape, { attributes: { to: 1 } })
  const portion = g.add('AveragePool', [isMaximum], pooled.shape, { attributes: poolAttributes })
  const shares = mul(g, div(g, dy, portion), scalar(g, 1 / 4))
  return mul(g, isMaximum, repeat(g, shares))
}

/** Each element four times, as a square. */
function repeat(g: Graph, x: Value): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
  const scales = g.constant(Float32Array.of(1, 1, 2, 2), [4])
  return g.add('Resize', [x, null, scales], [batch, channels, 2 * height, 2 * width], {
    attributes: {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
  })
}

/** Padding as ONNX writes it. */
export function pads({ top, left, bottom, right }: Padding): readonly number[] {
  return [top, left, bottom, right]
}

/** Windows along a side. @param length with its padding */
export function outputLength(length: number, size: number, stride: number): number {
  return Math.floor((length - size) / stride) + 1
}
