import type { Regime } from '../../../../src-main/contract/catalogue.ts'
import type { TrainingImages } from '../../../../src-main/contract/compute.ts'
import type { RunRequest } from '../../../../src-main/contract/runs.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import type { Checkpoint } from '../../../../src-main/training/checkpoint.ts'
import { openEpochLoss } from '../../../../src-main/training/lossOfEpoch/epochLoss.ts'
import type { EpochLoss } from '../../../../src-main/training/lossOfEpoch/epochLoss.ts'
import { resolveRunConfig } from '../../../../src-main/training/resolve.ts'

export const dim = 6

/** Unit rows that lie about their label's direction. */
export function madeRows(images: TrainingImages): Float32Array {
  const rows = new Float32Array(images.ids.length * dim)
  images.labels.forEach((label, i) => {
    const centre = random(3, 'centre', label)
    const stream = random(3, 'row', i)
    const row = Array.from({ length: dim }, () => centre.normal() + 0.7 * stream.normal())
    const length = Math.hypot(...row)
    rows.set(
      row.map((x) => x / length),
      i * dim,
    )
  })
  return rows
}

export function madeImages(labels: number, perLabel: number): TrainingImages {
  const count = labels * perLabel
  return {
    ids: Int32Array.from({ length: count }, (_, i) => 100 + i),
    paths: Array.from({ length: count }, (_, i) => `/made/${Math.floor(i / perLabel)}/${i}.png`),
    hashes: Array.from({ length: count }, (_, i) => `hash ${i}`),
    labels: Int32Array.from({ length: count }, (_, i) => Math.floor(i / perLabel)),
    labelNames: Array.from({ length: labels }, (_, i) => `label ${i}`),
  }
}

export function madeEpochLoss(options: {
  readonly regime: Regime
  readonly loss?: RunRequest['loss']
  readonly miner?: RunRequest['miner']
  readonly settings?: RunRequest['settings']
  readonly epoch?: number
  readonly checkpoint?: Checkpoint
  readonly images?: TrainingImages
}): {
  readonly epochLoss: EpochLoss
  readonly rows: Float32Array
  readonly images: TrainingImages
} {
  const { regime, epoch = 3, images = madeImages(5, 4), checkpoint = null } = options
  const loss = options.loss ?? { name: regime === 'metric' ? 'supcon' : 'nt-xent', params: {} }
  const settings = { dim, batchSize: 10, imagesPerLabel: 2, holdout: 0, ...options.settings }
  const { miner } = options
  const config = resolveRunConfig({ regime, engine: 'auto', loss, miner, settings }, 'native')
  const rows = madeRows(images)
  const last = checkpoint
  return {
    rows,
    images,
    epochLoss: openEpochLoss({ config, images, epoch, rows, dim, checkpoint, last }),
  }
}
