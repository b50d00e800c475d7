import { outputLength, pads } from './convolution.ts'
import type { Window } from './convolution.ts'
import { depthwiseInputGradient } from './depthwise.ts'
import type { Attribute, Graph, Value } from './graph.ts'
import { mul } from './operators.ts'

/** Pools over windows of any size, stride and padding, on maps `[batch, channels, height, width]`. */

/** Largest value of each window. */
export function maxPoolOf(g: Graph, x: Value, window: Window): Value {
  return g.add('MaxPool', [x], pooledShape(x, window), { attributes: attributesOf(window) })
}

/**
 * {@link maxPoolOf}, and where each maximum was; of equal values the first counts. An order of magnitude
 * slower.
 *
 * @returns `places`: int64, indices into the flat input
 */
export function maxPoolWithPlacesOf(
  g: Graph,
  x: Value,
  window: Window,
): { readonly output: Value; readonly places: Value } {
  const shape = pooledShape(x, window)
  const [output, places] = g.addMany(
    'MaxPool',
    [x],
    [
      { shape, type: 'float32' },
      { shape, type: 'int64' },
    ],
    { attributes: attributesOf(window) },
  )
  return { output: output as Value, places: places as Value }
}

/** Mean of each window; padding does not count. */
export function averagePoolOf(g: Graph, x: Value, window: Window): Value {
  return g.add('AveragePool', [x], pooledShape(x, window), { attributes: attributesOf(window) })
}

/** dL/dx of {@link averagePoolOf}. @param shape of x */
export function averagePoolInputGradient(
  g: Graph,
  dy: Value,
  window: Window,
  shape: readonly number[],
): Value {
  const [, channels = 0, height = 0, width = 0] = shape
  const { size } = window
  const shares = windowCounts([height, width], window).map((count) => 1 / count)
  const [, , rows = 0, columns = 0] = dy.shape
  const share = mul(g, dy, g.constant(shares, [rows, columns]))
  const ones = g.constant(new Float32Array(channels * size * size).fill(1), [
    channels,
    1,
    size,
    size,
  ])
  return depthwiseInputGradient(g, share, ones, window, shape)
}

/** How many positions of the map lie in each window, row by row. */
export function windowCounts(
  [height, width]: readonly [number, number],
  { size, stride, padding }: Window,
): Float32Array {
  const along = (length: number, before: number, after: number) =>
    Array.from({ length: outputLength(length + before + after, size, stride) }, (_, i) => {
      const start = i * stride - before
      return Math.min(start + size, length) - Math.max(start, 0)
    })
  const rows = along(height, padding.top, padding.bottom)
  const columns = along(width, padding.left, padding.right)
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)))
}

function pooledShape({ shape }: Value, { size, stride, padding }: Window): readonly number[] {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  return [
    batch,
    channels,
    outputLength(height + padding.top + padding.bottom, size, stride),
    outputLength(width + padding.left + padding.right, size, stride),
  ]
}

function attributesOf({ size, stride, padding }: Window): Readonly<Record<string, Attribute>> {
  return { kernel_shape: [size, size], strides: [stride, stride], pads: pads(padding) }
}
