import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  KernelFunc,
  MaxPoolGradAttrs,
  TensorInfo,
} from '../tf.ts'
import * as tf from '../tf.ts'
import type { WasmBackend } from './wasmBackend.ts'

type Shape = [number, number, number, number]
type WindowInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>

/** dL/dx of a depthwise convolution with one filter a channel. */
export const depthwiseInputGradient: KernelFunc = ({ inputs, backend: anyBackend, attrs }) => {
  const backend = anyBackend as WasmBackend
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
  const options = attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs
  const info = depthwiseInfo(options.inputShape, filter.shape as Shape, options)
  const output = backend.makeOutput(options.inputShape, 'float32')
  const dx = backend.typedArrayFromHeap(output).fill(0)
  const slopes = backend.typedArrayFromHeap(dy)
  const kernel = backend.typedArrayFromHeap(filter)
  const channels = info.inChannels
  forEachTap(info, (from, to, tap) => {
    for (let c = 0; c < channels; c++)
      dx[from + c] = (dx[from + c] ?? 0) + (slopes[to + c] ?? 0) * (kernel[tap * channels + c] ?? 0)
  })
  return output
}

/** dL/dkernel of a depthwise convolution with one filter a channel. */
export const depthwiseFilterGradient: KernelFunc = ({ inputs, backend: anyBackend, attrs }) => {
  const backend = anyBackend as WasmBackend
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
  const options = attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs
  const info = depthwiseInfo(x.shape as Shape, options.filterShape, options)
  const output = backend.makeOutput(options.filterShape, 'float32')
  const images = backend.typedArrayFromHeap(x)
  const slopes = backend.typedArrayFromHeap(dy)
  // In float64: every element is a sum over all positions of the batch.
  const sums = new Float64Array(output.shape.reduce((product, side) => product * side, 1))
  const channels = info.inChannels
  forEachTap(info, (from, to, tap) => {
    for (let c = 0; c < channels; c++)
      sums[tap * channels + c] =
        (sums[tap * channels + c] ?? 0) + (images[from + c] ?? 0) * (slopes[to + c] ?? 0)
  })
  backend.typedArrayFromHeap(output).set(sums)
  return output
}

/**
 * dL/dx of a max-pool; of equal values the first takes it. The backend's own adds to memory that it
 * does not clear.
 */
export const maxPoolGradient: KernelFunc = ({ inputs, backend: anyBackend, attrs }) => {
  const backend = anyBackend as WasmBackend
  const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo }
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPoolGradAttrs
  const shape = input.shape as Shape
  const info = tf.backend_util.computePool2DInfo(
    shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
  const output = backend.makeOutput(shape, 'float32')
  const dx = backend.typedArrayFromHeap(output).fill(0)
  const values = backend.typedArrayFromHeap(input)
  const slopes = backend.typedArrayFromHeap(dy)
  const channels = info.inChannels
  const places = new Int32Array(slopes.length).fill(-1)
  forEachTap(info, (from, to) => {
    for (let c = 0; c < channels; c++) {
      const best = places[to + c] ?? -1
      if (best < 0 || (values[from + c] ?? 0) > (values[best] ?? 0)) places[to + c] = from + c
    }
  })
  for (const [i, place] of places.entries()) dx[place] = (dx[place] ?? 0) + (slopes[i] ?? 0)
  return output
}

function depthwiseInfo(
  inputShape: Shape,
  filterShape: Shape,
  {
    strides,
    dilations,
    pad,
    dimRoundingMode,
  }: Pick<
    DepthwiseConv2dNativeBackpropInputAttrs,
    'strides' | 'dilations' | 'pad' | 'dimRoundingMode'
  >,
): WindowInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  )
}

/**
 * Calls back for each place of each window that lies inside the map, with the first channel's index
 * in the input and in the output, and the place's number in the window.
 */
function forEachTap(
  info: WindowInfo,
  visit: (from: number, to: number, tap: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info
  for (let n = 0; n < batchSize; n++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++)
        for (let i = 0; i < filterHeight; i++)
          for (let j = 0; j < filterWidth; j++) {
            const y = row * strideHeight - padInfo.top + i
            const x = column * strideWidth - padInfo.left + j
            if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue
            visit(
              ((n * inHeight + y) * inWidth + x) * inChannels,
              ((n * outHeight + row) * outWidth + column) * inChannels,
              i * filterWidth + j,
            )
          }
}
