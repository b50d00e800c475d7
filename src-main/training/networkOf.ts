import type { ImportedNetwork } from '../contract/network.ts'
import type { RunSettings } from '../contract/runs.ts'
import { mobilenetV2 } from '../model/backbones/mobilenetV2.ts'
import { resnet18 } from '../model/backbones/resnet18.ts'
import { smallCnn } from '../model/backbones/smallCnn.ts'
import type { Layer, Network } from '../model/network.ts'
import { mlpProjector } from '../model/projector.ts'

/**
 * The network of a run, as plain data: its settings, and the backbone that it imported, are all that it
 * depends on.
 *
 * @throws WorkbenchError `bad-request` when the backbone has no such width or depth
 */
export function networkOf(settings: RunSettings, imported?: ImportedNetwork): Network {
  const { imageSize, projectorHidden, dim, dropout, seed } = settings
  const dropped: Layer = { kind: 'dropout', name: 'projector/dropout', rate: dropout, seed }
  const projector = mlpProjector({ hidden: projectorHidden, dim })
  return {
    input: { size: imageSize, channels: 3, ...rangeOf(settings, imported) },
    backbone: backboneOf(settings, imported),
    projector: dropout > 0 ? [dropped, ...projector] : projector,
  }
}

function rangeOf(
  { backbone }: RunSettings,
  imported?: ImportedNetwork,
): Pick<Network['input'], 'offset' | 'scale'> {
  if (backbone !== 'imported' || !imported) return { offset: 0.5, scale: 0.25 }
  return { offset: imported.offset, scale: imported.scale }
}

function backboneOf(settings: RunSettings, imported?: ImportedNetwork): readonly Layer[] {
  const { backbone, width, depth, imageSize, importedWeights } = settings
  switch (backbone) {
    case 'cnn':
      return smallCnn({ width, depth })
    case 'resnet18':
      return resnet18({ width, depth, imageSize })
    case 'mobilenetv2':
      return mobilenetV2({ width, depth, imageSize })
    case 'imported': {
      if (!imported) throw new TypeError('a run of an imported backbone without one')
      const { layers } = imported
      return importedWeights === 'frozen' ? [{ kind: 'frozen', layers }] : layers
    }
    default:
      return backbone satisfies never
  }
}
