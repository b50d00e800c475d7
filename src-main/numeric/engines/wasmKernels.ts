import type {
  BatchMatMulAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  KernelConfig,
  KernelFunc,
  TensorInfo,
  UnsortedSegmentSumAttrs,
} from '../tf.ts'
import * as tf from '../tf.ts'
import type { WasmBackend } from './wasmBackend.ts'
import {
  depthwiseFilterGradient,
  depthwiseInputGradient,
  maxPoolGradient,
} from './wasmWindowKernels.ts'

/** Rows of the matrix of image patches that are made at a time: bounds its memory. */
const patchRows = 16_384

/**
 * Adds to the wasm backend what training needs and it lacks (`Conv2DBackpropFilter`,
 * `UnsortedSegmentSum`, the gradients of depthwise convolutions), and replaces what it has in a slow
 * form: `BatchMatMul` with transposed operands (8 times as fast after an explicit transpose),
 * `Conv2DBackpropInput` at stride 1 (as a convolution with the kernel turned around), or in a wrong
 * one: `MaxPoolGrad`. Does nothing the second time.
 */
export function addWasmKernels(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm')) return
  const kernels = originalKernels()
  replace('BatchMatMul', matMulKernel(kernels))
  replace('Conv2DBackpropInput', convInputKernel(kernels))
  replace('Conv2DBackpropFilter', convFilterKernel(kernels))
  replace('UnsortedSegmentSum', segmentSum)
  replace('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient)
  replace('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient)
  replace('MaxPoolGrad', maxPoolGradient)
}

interface OriginalKernels {
  readonly matMul: KernelFunc
  readonly conv: KernelFunc
  readonly convInput: KernelFunc
  readonly transpose: (backend: WasmBackend, x: TensorInfo, perm: readonly number[]) => TensorInfo
}

function originalKernels(): OriginalKernels {
  const kernelOf = (name: string): KernelFunc => tf.getKernel(name, 'wasm').kernelFunc
  const transpose = kernelOf('Transpose')
  return {
    matMul: kernelOf('BatchMatMul'),
    conv: kernelOf('Conv2D'),
    convInput: kernelOf('Conv2DBackpropInput'),
    transpose: (backend, x, perm) => run(transpose, backend, { x }, { perm }),
  }
}

function matMulKernel({ matMul, transpose }: OriginalKernels): KernelFunc {
  return ({ inputs, backend: anyBackend, attrs }) => {
    const backend = anyBackend as WasmBackend
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
    const { transposeA, transposeB } = attrs as unknown as BatchMatMulAttrs
    const left = transposeA ? transpose(backend, a, lastSwapped(a.shape)) : a
    const right = transposeB ? transpose(backend, b, lastSwapped(b.shape)) : b
    const plain = { transposeA: false, transposeB: false }
    const product = run(matMul, backend, { a: left, b: right }, plain)
    if (transposeA) backend.disposeData(left.dataId)
    if (transposeB) backend.disposeData(right.dataId)
    return product
  }
}

function convInputKernel({ conv, convInput, transpose }: OriginalKernels): KernelFunc {
  return (call) => {
    const backend = call.backend as WasmBackend
    const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo }
    const attrs = call.attrs as unknown as Conv2DBackpropInputAttrs
    const info = convInfo(attrs.inputShape, filter.shape, attrs)
    const { top, bottom, left, right } = info.padInfo
    const [lastRow, lastColumn] = [info.filterHeight - 1, info.filterWidth - 1]
    const pad = [
      [0, 0],
      [lastRow - top, lastRow - bottom],
      [lastColumn - left, lastColumn - right],
      [0, 0],
    ]
    const hasStride = info.strideHeight !== 1 || info.strideWidth !== 1
    if (hasStride || pad.flat().some((length) => length < 0)) return convInput(call)
    const swapped = transpose(backend, filter, [0, 1, 3, 2])
    const positions = info.filterHeight * info.filterWidth
    const kernel = backend.typedArrayFromHeap(swapped)
    reversePositions(kernel, kernel.length / positions)
    const dx = run(
      conv,
      backend,
      { x: dy, filter: swapped },
      { strides: [1, 1], pad, dilations: [1, 1], dataFormat: 'NHWC' },
    )
    backend.disposeData(swapped.dataId)
    return dx
  }
}

/** dW = patchesᵀ · dy, some images at a time. */
function convFilterKernel({ matMul, transpose }: OriginalKernels): KernelFunc {
  return ({ inputs, backend: anyBackend, attrs: anyAttrs }) => {
    const backend = anyBackend as WasmBackend
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const attrs = anyAttrs as unknown as Conv2DBackpropFilterAttrs
    const info = convInfo(x.shape as [number, number, number, number], attrs.filterShape, attrs)
    const { batchSize, outHeight, outWidth, outChannels } = info
    const patchSize = info.filterHeight * info.filterWidth * info.inChannels
    const positions = outHeight * outWidth
    const group = Math.max(1, Math.min(batchSize, Math.floor(patchRows / positions)))
    const result = backend.makeOutput(attrs.filterShape, 'float32')
    backend.typedArrayFromHeap(result).fill(0)
    for (let first = 0; first < batchSize; first += group) {
      const last = Math.min(first + group, batchSize)
      const rows = (last - first) * positions
      const patches = backend.makeOutput([rows, patchSize], 'float32')
      const part = backend.makeOutput([1, rows, outChannels], 'float32')
      const from = first * positions * outChannels
      const dyData = backend.typedArrayFromHeap(dy)
      backend.typedArrayFromHeap(part).set(dyData.subarray(from, from + rows * outChannels))
      const images = backend.typedArrayFromHeap(x)
      fillPatches(backend.typedArrayFromHeap(patches), images, info, [first, last])
      const turned = transpose(backend, patches, [1, 0])
      const a = { ...turned, shape: [1, patchSize, rows] }
      const plain = { transposeA: false, transposeB: false }
      const product = run(matMul, backend, { a, b: part }, plain)
      const sum = backend.typedArrayFromHeap(result)
      for (const [i, value] of backend.typedArrayFromHeap(product).entries())
        sum[i] = (sum[i] ?? 0) + value
      for (const used of [patches, part, turned, product]) backend.disposeData(used.dataId)
    }
    return result
  }
}

const segmentSum: KernelFunc = ({ inputs, backend: anyBackend, attrs }) => {
  const backend = anyBackend as WasmBackend
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo }
  const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs
  const output = backend.makeOutput([numSegments, ...x.shape.slice(1)], 'float32')
  const width = x.shape.slice(1).reduce((product, length) => product * length, 1)
  const sums = backend.typedArrayFromHeap(output).fill(0)
  const values = backend.typedArrayFromHeap(x)
  for (const [row, segment] of backend.typedArrayFromHeap(segmentIds).entries()) {
    if (segment < 0 || segment >= numSegments) continue
    for (let i = 0; i < width; i++) {
      const to = segment * width + i
      sums[to] = (sums[to] ?? 0) + (values[row * width + i] ?? 0)
    }
  }
  return output
}

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

function convInfo(
  inputShape: [number, number, number, number],
  filterShape: readonly number[],
  attrs: Pick<Conv2DBackpropFilterAttrs, 'strides' | 'pad' | 'dimRoundingMode'>,
): ConvInfo {
  const { strides, pad, dimRoundingMode } = attrs
  const shape = filterShape as [number, number, number, number]
  return tf.backend_util.computeConv2DInfo(inputShape, shape, strides, 1, pad, dimRoundingMode)
}

/** One row for each output position of the images `first … last − 1`: the window that it saw. */
function fillPatches(
  patches: Float32Array | Int32Array,
  images: Float32Array | Int32Array,
  info: ConvInfo,
  [first, last]: readonly [number, number],
): void {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth } = info
  let to = 0
  for (let n = first; n < last; n++)
    for (let row = 0; row < info.outHeight; row++)
      for (let column = 0; column < info.outWidth; column++)
        for (let i = 0; i < filterHeight; i++)
          for (let j = 0; j < filterWidth; j++) {
            const y = row * info.strideHeight - info.padInfo.top + i
            const x = column * info.strideWidth - info.padInfo.left + j
            if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) {
              patches.fill(0, to, to + inChannels)
              to += inChannels
            } else {
              let from = ((n * inHeight + y) * inWidth + x) * inChannels
              for (let c = 0; c < inChannels; c++) patches[to++] = images[from++] ?? 0
            }
          }
}

/** Reverses the order of blocks of `length` values. */
function reversePositions(values: Float32Array | Int32Array, length: number): void {
  const copy = values.slice()
  const count = values.length / length
  for (let i = 0; i < count; i++)
    values.set(copy.subarray(i * length, (i + 1) * length), (count - 1 - i) * length)
}

function lastSwapped(shape: readonly number[]): number[] {
  const perm = shape.map((_, axis) => axis)
  const rank = perm.length
  return [...perm.slice(0, rank - 2), rank - 1, rank - 2]
}

function run(
  kernel: KernelFunc,
  backend: WasmBackend,
  inputs: Record<string, TensorInfo>,
  attrs: Record<string, unknown>,
): TensorInfo {
  return kernel({ inputs, backend, attrs } as Parameters<KernelFunc>[0]) as TensorInfo
}

function replace(kernelName: string, kernelFunc: KernelFunc): void {
  const before = tf.getKernel(kernelName, 'wasm') as KernelConfig | undefined
  if (before) tf.unregisterKernel(kernelName, 'wasm')
  const setupFunc = before?.setupFunc
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc,
    ...(setupFunc && { setupFunc }),
  })
}
