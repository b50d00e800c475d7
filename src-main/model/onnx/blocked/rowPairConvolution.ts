import { fromBlocked } from '../../../numeric/onnx/blocked.ts'
import { blockedKernel, blockedMirrorKernel } from '../../../numeric/onnx/blockedKernels.ts'
import {
  rowPairConv,
  rowPairGradients,
  rowPairKernelGradient,
  rowPairKernels,
} from '../../../numeric/onnx/blockedRowPairs.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'
import { mirroredPadding, sidesOf } from './blockedConvolution.ts'
import type { BlockedConvolution, FullKernel } from './blockedConvolution.ts'
import { partOf, shortened, total } from './map.ts'
import type { BlockedMap } from './map.ts'

/** A 3×3 convolution, two rows at a time in all three passes. */
export function rowPairConvolution(
  input: BlockedMap,
  { graph: g, block, window, kernel, filters }: FullKernel,
): BlockedConvolution {
  const { channels } = input
  const { padding } = window
  const kernels = rowPairKernels(g, kernel, {
    isMirrored: false,
    laidOut: (row) => blockedKernel(g, row, block),
  })
  return {
    filters,
    forward: (part, bias) =>
      rowPairConv(g, part, kernels, { padding, block, ...(bias && { bias }) }),
    kernelGradient(dys, factors) {
      const ofParts = dys.map((dy, i) => {
        const byFilter = onnx.transpose(g, fromBlocked(g, dy, filters), [1, 0, 2, 3])
        return rowPairGradients(g, partOf(input.parts, i), byFilter, { padding, channels, block })
      })
      const sumOf = (product: 0 | 1 | 2 | 3) =>
        total(
          g,
          ofParts.map((gradients) => gradients[product]),
        )
      const sums = [sumOf(0), sumOf(1), sumOf(2), sumOf(3)] as const
      return rowPairKernelGradient(g, sums, shortened(g, factors, filters))
    },
    inputGradient(factors) {
      const mirrored = rowPairKernels(g, onnx.mul(g, kernel, factors), {
        isMirrored: true,
        laidOut: (row) => blockedMirrorKernel(g, row, block),
      })
      const around = mirroredPadding(window, sidesOf(partOf(input.parts, 0)))
      return (dy) => rowPairConv(g, dy, mirrored, { padding: around, block })
    },
  }
}
