import { expectInteger } from '../expectInteger.ts'
import type { Layer } from '../layer.ts'

/**
 * A plain convolutional backbone: `depth` blocks of conv 3×3, batch norm, ReLU and 2×2 max-pool, then
 * a global average pool. Filters double from `width` to at most four times it: depth 4 has
 * [w, 2w, 4w, 4w].
 *
 * @param options.width filters of the first block, 1 … 512
 * @param options.depth blocks, 1 … 8; each halves the image
 * @throws WorkbenchError `bad-request` when an option is out of its range
 */
export function smallCnn({ width, depth }: { width: number; depth: number }): Layer[] {
  expectInteger('smallCnn: width', width, [1, 512])
  expectInteger('smallCnn: depth', depth, [1, 8])
  const layers: Layer[] = []
  for (let block = 1; block <= depth; block++) {
    const filters = width * Math.min(2 ** (block - 1), 4)
    layers.push(
      {
        kind: 'conv',
        name: `backbone/conv${block}`,
        filters,
        size: 3,
        stride: 1,
        padding: 'same',
        bias: false,
      },
      { kind: 'batchNorm', name: `backbone/norm${block}` },
      { kind: 'relu' },
      { kind: 'maxPool', size: 2, stride: 2, padding: 'valid' },
    )
  }
  layers.push({ kind: 'globalAveragePool' })
  return layers
}
