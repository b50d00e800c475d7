import type { Graph, Value } from './graph.ts'
import { reshape, transpose, turnedAround } from './operators.ts'

/** Kernels as `blockedConv` wants them; channels are multiples of the block. */

/**
 * For a convolution of blocked maps.
 *
 * @param kernel `[rows, columns, in, out]`
 */
export function blockedKernel(g: Graph, kernel: Value, block: number): Value {
  const [rows = 0, columns = 0, channels = 0, filters = 0] = kernel.shape
  const parts = [rows, columns, channels / block, block, filters / block, block]
  const turned = transpose(g, reshape(g, kernel, parts), [4, 2, 0, 1, 3, 5])
  return reshape(g, turned, [filters, channels, rows, columns])
}

/**
 * {@link blockedKernel} of the convolution that leads from dL/doutput to dL/dinput at stride 1.
 *
 * @param kernel `[rows, columns, in, out]`
 */
export function blockedMirrorKernel(g: Graph, kernel: Value, block: number): Value {
  const [rows = 0, columns = 0, channels = 0, filters = 0] = kernel.shape
  const parts = [rows, columns, channels / block, block, filters / block, block]
  const turned = turnedAround(g, kernel, [0, 1])
  const swapped = transpose(g, reshape(g, turned, parts), [2, 4, 0, 1, 5, 3])
  return reshape(g, swapped, [channels, filters, rows, columns])
}

/** For an image that is not blocked. @param kernel `[size, size, in, out]`, `in` less than a block */
export function imageKernel(g: Graph, kernel: Value, block: number): Value {
  const [size = 0, , channels = 0, filters = 0] = kernel.shape
  const parts = [size, size, channels, filters / block, block]
  const turned = transpose(g, reshape(g, kernel, parts), [3, 2, 0, 1, 4])
  return reshape(g, turned, [filters, channels, size, size])
}

/** For a filter of its own for each channel. @param kernel `[rows, columns, channels]` */
export function depthwiseKernel(g: Graph, kernel: Value, block: number): Value {
  const [rows = 0, columns = 0, channels = 0] = kernel.shape
  const parts = [rows * columns, channels / block, block]
  const turned = transpose(g, reshape(g, kernel, parts), [1, 0, 2])
  return reshape(g, turned, [channels, 1, rows, columns])
}
