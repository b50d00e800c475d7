import { expectInteger } from '../expectInteger.ts'
import type { Layer } from '../layer.ts'
import { convAndNorm } from './layers.ts'

/** Largest image side with the stem for small images, px. */
const largestSmallImage = 64
const blocksPerStage = 2

/**
 * ResNet-18: a stem, and stages of two residual blocks of two 3×3 convolutions; each stage but the first
 * halves the map and has twice the filters. Images above 64 px begin with a 7×7 convolution and a
 * max-pool, which leave a quarter of each side; smaller ones with a 3×3 convolution that leaves all.
 *
 * He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385; the small stem
 * is that of its CIFAR-10 networks.
 *
 * @param options.width filters of the first stage, 1 … 512; 64 in the paper
 * @param options.depth stages, 1 … 4; 4 in the paper
 * @param options.imageSize side of the image, px
 * @throws WorkbenchError `bad-request` when an option is out of its range
 */
export function resnet18({
  width,
  depth,
  imageSize,
}: {
  width: number
  depth: number
  imageSize: number
}): Layer[] {
  expectInteger('resnet18: width', width, [1, 512])
  expectInteger('resnet18: depth', depth, [1, 4])
  const layers: Layer[] = stemOf(width, imageSize)
  for (let stage = 1; stage <= depth; stage++)
    for (let block = 1; block <= blocksPerStage; block++)
      layers.push(
        residualBlock(`backbone/stage${stage}/block${block}`, {
          filters: width * 2 ** (stage - 1),
          stride: stage > 1 && block === 1 ? 2 : 1,
        }),
        { kind: 'relu' },
      )
  return [...layers, { kind: 'globalAveragePool' }]
}

function stemOf(filters: number, imageSize: number): Layer[] {
  if (imageSize <= largestSmallImage)
    return [...convAndNorm('backbone/stem', { filters, size: 3 }), { kind: 'relu' }]
  return [
    ...convAndNorm('backbone/stem', { filters, size: 7, stride: 2 }),
    { kind: 'relu' },
    { kind: 'maxPool', size: 3, stride: 2, padding: 'same' },
  ]
}

function residualBlock(
  name: string,
  { filters, stride }: { readonly filters: number; readonly stride: 1 | 2 },
): Layer {
  return {
    kind: 'residual',
    body: [
      ...convAndNorm(`${name}/first`, { filters, size: 3, stride }),
      { kind: 'relu' },
      ...convAndNorm(`${name}/second`, { filters, size: 3 }),
    ],
    // Where the stride is 2 the filters double as well.
    shortcut: stride === 1 ? [] : convAndNorm(`${name}/shortcut`, { filters, size: 1, stride }),
  }
}
