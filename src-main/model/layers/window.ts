import type { Value } from '../../numeric/onnx/graph.ts'
import type { Padding, Window } from '../../numeric/onnx/convolution.ts'
import type { SlidingWindow } from './shapes.ts'

/** Where the windows of a layer lie on a map `[batch, channels, height, width]`. */
export function windowOf(layer: SlidingWindow, x: Value): Window {
  const { size, stride } = layer
  const [, , height = 0, width = 0] = x.shape
  return { size, stride, padding: paddingOf(layer, [height, width]) }
}

/** What TensorFlow's `same` adds around a map, so that ⌈side / stride⌉ windows fit; else nothing. */
export function paddingOf(
  { size, stride, padding }: SlidingWindow,
  [height, width]: readonly [number, number],
): Padding {
  const along = (length: number): readonly [number, number] => {
    if (padding === 'valid') return [0, 0]
    const total = Math.max((Math.ceil(length / stride) - 1) * stride + size - length, 0)
    const before = Math.floor(total / 2)
    return [before, total - before]
  }
  const [top, bottom] = along(height)
  const [left, right] = along(width)
  return { top, bottom, left, right }
}
