import type { RunSettings } from '../contract/runs.ts'
import { smallCnn } from '../model/backbones.ts'
import type { Network } from '../model/network.ts'
import { mlpProjector } from '../model/projector.ts'

/** The network of a run, as plain data: its settings are all that it depends on. */
export function networkOf(settings: RunSettings): Network {
  const { imageSize, width, depth, projectorHidden, dim } = settings
  return {
    input: { size: imageSize, channels: 3, offset: 0.5, scale: 0.25 },
    backbone: smallCnn({ width, depth }),
    projector: mlpProjector({ hidden: projectorHidden, dim }),
  }
}
