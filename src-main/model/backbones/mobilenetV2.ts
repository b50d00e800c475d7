import { expectInteger } from '../expectInteger.ts'
import type { Layer } from '../layer.ts'
import { convAndNorm } from './layers.ts'

/** Of the paper's table 2: widening, filters, blocks, stride of the first block. */
const stages = [
  { widening: 1, filters: 16, blocks: 1, stride: 1 },
  { widening: 6, filters: 24, blocks: 2, stride: 2 },
  { widening: 6, filters: 32, blocks: 3, stride: 2 },
  { widening: 6, filters: 64, blocks: 4, stride: 2 },
  { widening: 6, filters: 96, blocks: 3, stride: 1 },
  { widening: 6, filters: 160, blocks: 3, stride: 2 },
  { widening: 6, filters: 320, blocks: 1, stride: 1 },
] as const

/** Filters of the paper's stem: a width of it is the multiplier 1. */
const paperWidth = 32
/** The last convolution has this many times the filters of the last stage: 1280 for 320. */
const lastWidening = 4
/** Small images are halved less often, so that the last map keeps this side, px. */
const smallestLastSide = 4

/**
 * MobileNetV2: a stem, stages of inverted residual blocks (1×1 convolution to more channels, depthwise
 * 3×3, 1×1 to few, with ReLU6 between), a 1×1 convolution and a global average pool. On small images
 * the first strides are 1.
 *
 * Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018, arXiv:1801.04381.
 *
 * @param options.width filters of the stem, 1 … 512; all others scale with it, and 32 is the paper's
 *   multiplier 1
 * @param options.depth stages, 1 … 7; 7 in the paper
 * @param options.imageSize side of the image, px
 * @throws WorkbenchError `bad-request` when an option is out of its range
 */
export function mobilenetV2({
  width,
  depth,
  imageSize,
}: {
  width: number
  depth: number
  imageSize: number
}): Layer[] {
  expectInteger('mobilenetV2: width', width, [1, 512])
  expectInteger('mobilenetV2: depth', depth, [1, stages.length])
  const scaled = (filters: number) => inEights((filters * width) / paperWidth)
  const [stemStride = 1, ...strides] = stridesOf(depth, imageSize)
  const layers: Layer[] = [
    ...convAndNorm('backbone/stem', { filters: scaled(paperWidth), size: 3, stride: stemStride }),
    { kind: 'relu6' },
  ]
  let channels = scaled(paperWidth)
  let last = 0
  for (const [i, { widening, blocks, filters: ofPaper }] of stages.slice(0, depth).entries()) {
    const filters = scaled(ofPaper)
    last = ofPaper
    for (let block = 1; block <= blocks; block++) {
      const stride = block === 1 ? (strides[i] ?? 1) : 1
      const name = `backbone/stage${i + 1}/block${block}`
      layers.push(...invertedResidual(name, { channels, widening, filters, stride }))
      channels = filters
    }
  }
  // The paper does not make the last convolution narrower than with the multiplier 1.
  const lastFilters = inEights(lastWidening * last * Math.max(width / paperWidth, 1))
  return [
    ...layers,
    ...convAndNorm('backbone/last', { filters: lastFilters, size: 1 }),
    { kind: 'relu6' },
    { kind: 'globalAveragePool' },
  ]
}

interface Block {
  /** That come in. */
  readonly channels: number
  readonly widening: number
  readonly filters: number
  readonly stride: 1 | 2
}

function invertedResidual(name: string, block: Block): readonly Layer[] {
  const { channels, widening, filters, stride } = block
  const wider: Layer[] = [
    ...convAndNorm(`${name}/widen`, { filters: channels * widening, size: 1 }),
    { kind: 'relu6' },
  ]
  const body: Layer[] = [
    ...(widening > 1 ? wider : []),
    {
      kind: 'depthwise',
      name: `${name}/depthwise/conv`,
      size: 3,
      stride,
      padding: 'same',
      bias: false,
    },
    { kind: 'batchNorm', name: `${name}/depthwise/norm` },
    { kind: 'relu6' },
    ...convAndNorm(`${name}/narrow`, { filters, size: 1 }),
  ]
  return stride === 1 && channels === filters ? [{ kind: 'residual', body, shortcut: [] }] : body
}

/** Strides of the stem and of each stage. */
function stridesOf(depth: number, imageSize: number): readonly (1 | 2)[] {
  const ofPaper: (1 | 2)[] = [2, ...stages.slice(0, depth).map(({ stride }) => stride)]
  const halvings = ofPaper.filter((stride) => stride === 2).length
  const possible = Math.max(Math.floor(Math.log2(imageSize / smallestLastSide)), 0)
  let leftOut = Math.max(halvings - possible, 0)
  return ofPaper.map((stride) => {
    if (stride === 1 || leftOut === 0) return stride
    leftOut--
    return 1
  })
}

/** The nearest multiple of 8 from 8 on, but not more than a tenth below. */
function inEights(filters: number): number {
  const nearest = Math.max(8 * Math.floor(filters / 8 + 0.5), 8)
  return nearest < 0.9 * filters ? nearest + 8 : nearest
}
