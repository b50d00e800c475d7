import { convAndNorm } from '../../../src-main/model/backbones/layers.ts'
import { mobilenetV2 } from '../../../src-main/model/backbones/mobilenetV2.ts'
import { resnet18 } from '../../../src-main/model/backbones/resnet18.ts'
import { smallCnn } from '../../../src-main/model/backbones/smallCnn.ts'
import type { Layer } from '../../../src-main/model/network.ts'

/** One network that is measured; `in_torch.py` has the same under the same name. */
export interface BenchCase {
  readonly name: string
  /** For people. */
  readonly title: string
  readonly batch: number
  /** Side of the images. */
  readonly px: number
  readonly backbone: readonly Layer[]
  /** `train`: forward, NT-Xent, backward, Adam; `embed`: the features of a frozen backbone. */
  readonly task: 'train' | 'embed'
  /** How many steps one measurement takes. */
  readonly steps: number
  /** Whether the loss is measured outside the graph too, and the other rungs of the ladder. */
  readonly isReference: boolean
}

const cnn = {
  px: 64,
  backbone: smallCnn({ width: 32, depth: 4 }),
  task: 'train',
} as const

export const benchCases: readonly BenchCase[] = [
  { ...cnn, name: 'cnn64', title: 'CNN', batch: 64, steps: 3, isReference: true },
  { ...cnn, name: 'cnn256', title: 'CNN', batch: 256, steps: 1, isReference: false },
  {
    name: 'mobilenet64',
    title: 'MobileNetV2-like',
    batch: 64,
    px: 64,
    backbone: mobilenetLike(),
    task: 'train',
    steps: 3,
    isReference: false,
  },
  {
    name: 'resnet18',
    title: 'ResNet-18',
    batch: 32,
    px: 64,
    backbone: resnet18({ width: 64, depth: 4, imageSize: 64 }),
    task: 'train',
    steps: 1,
    isReference: false,
  },
  {
    name: 'frozen128',
    title: 'frozen MobileNetV2',
    batch: 64,
    px: 128,
    backbone: mobilenetV2({ width: 32, depth: 7, imageSize: 128 }),
    task: 'embed',
    steps: 2,
    isReference: false,
  },
]

/** A stem and four inverted residual blocks: what MobileNetV2 does, at the size of a small CNN. */
function mobilenetLike(): readonly Layer[] {
  const blocks = [
    { filters: 32, stride: 2 },
    { filters: 32, stride: 1 },
    { filters: 64, stride: 2 },
    { filters: 64, stride: 1 },
  ] as const
  const relu6: Layer = { kind: 'relu6' }
  const layers: Layer[] = [...convAndNorm('stem', { filters: 32, size: 3, stride: 2 }), relu6]
  let channels = 32
  for (const [i, { filters, stride }] of blocks.entries()) {
    const name = `block${i}`
    const body: Layer[] = [
      ...[...convAndNorm(`${name}/widen`, { filters: 6 * channels, size: 1 }), relu6],
      { kind: 'depthwise', name: `${name}/depth`, size: 3, stride, padding: 'same', bias: false },
      ...[{ kind: 'batchNorm', name: `${name}/norm` } as const, relu6],
      ...convAndNorm(`${name}/narrow`, { filters, size: 1 }),
    ]
    if (stride === 1) layers.push({ kind: 'residual', body, shortcut: [] })
    else layers.push(...body)
    channels = filters
  }
  return [...layers, { kind: 'globalAveragePool' }]
}
