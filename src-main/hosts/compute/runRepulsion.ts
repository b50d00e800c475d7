import { negativesOf } from '../../analysis/suspects/findSuspects.ts'
import { positiveCosine } from '../../analysis/temperature/positiveCosine.ts'
import { Repulsion } from '../../analysis/temperature/repulsion.ts'
import type { RunDetector } from './runDetector.ts'
import { runTemperature } from './runTemperature.ts'

/** What training pushes with at a run's temperature, and what was taken for granted, in a sentence. */
export function runRepulsion({ config, images, detector }: RunDetector): {
  readonly repulsion: Repulsion
  readonly temperature: number
  readonly assumption: string
} {
  const { regime } = config
  const { labels, hashes } = images
  const { temperature, isOwn } = runTemperature(config)
  const rows = detector.embedding
  const repulsion = new Repulsion({
    rows,
    isNegative: negativesOf({ regime, labels, hashes }),
    temperature,
    positive: positiveCosine(regime, rows, labels).value,
  })
  const whose = isOwn ? 'the run’s own' : 'the usual one, since the loss of the run has none'
  return {
    repulsion,
    temperature,
    assumption: `Push is that of InfoNCE at τ ${temperature}, ${whose}, with all images in one batch.`,
  }
}
