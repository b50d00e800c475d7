import type { RunSettings } from '../contract/runs.ts'
import { mobilenetV2 } from '../model/backbones/mobilenetV2.ts'
import { resnet18 } from '../model/backbones/resnet18.ts'
import { smallCnn } from '../model/backbones/smallCnn.ts'
import type { Layer, Network } from '../model/network.ts'
import { mlpProjector } from '../model/projector.ts'

/**
 * The network of a run, as plain data: its settings are all that it depends on.
 *
 * @throws WorkbenchError `bad-request` when the backbone has no such width or depth
 */
export function networkOf(settings: RunSettings): Network {
  const { imageSize, projectorHidden, dim, dropout, seed } = settings
  const dropped: Layer = { kind: 'dropout', name: 'projector/dropout', rate: dropout, seed }
  const projector = mlpProjector({ hidden: projectorHidden, dim })
  return {
    input: { size: imageSize, channels: 3, offset: 0.5, scale: 0.25 },
    backbone: backboneOf(settings),
    projector: dropout > 0 ? [dropped, ...projector] : projector,
  }
}

function backboneOf({ backbone, width, depth, imageSize }: RunSettings): Layer[] {
  switch (backbone) {
    case 'cnn':
      return smallCnn({ width, depth })
    case 'resnet18':
      return resnet18({ width, depth, imageSize })
    case 'mobilenetv2':
      return mobilenetV2({ width, depth, imageSize })
    default:
      return backbone satisfies never
  }
}
