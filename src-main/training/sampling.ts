import { posix, win32 } from 'node:path'
import type { TrainingImages } from '../contract/compute.ts'
import type { RunConfig } from '../contract/runs.ts'
import { balancedBatches } from '../data/samplers/balancedBatches.ts'
import { distinctBatches } from '../data/samplers/distinctBatches.ts'
import { filledBatches } from '../data/samplers/filledBatches.ts'
import { hardLabelBatches } from '../data/samplers/hardLabelBatches.ts'
import { hierarchicalBatches } from '../data/samplers/hierarchicalBatches.ts'
import { labelBatches } from '../data/samplers/labelBatches.ts'
import { uniformBatches } from '../data/samplers/uniformBatches.ts'
import { contentsOf, evenBatches } from './batches.ts'
import { labelIndexOf } from './labelIndex.ts'
import type { LabelIndex } from './labelIndex.ts'

/** Deals the training images out in batches, as the run's sampler has it. */
export interface Sampling {
  readonly stepsPerEpoch: number
  /** Labels that are trained on, as batches and losses count them. */
  readonly index: LabelIndex
  /**
   * Images of each step; the same every time it is asked for.
   *
   * @param epoch 1 …
   * @param prototypes of the labels after the epoch before, for samplers that look at them
   */
  batchesOf(epoch: number, prototypes: Float32Array | null): readonly Int32Array[]
}

/** @param training images; a folder smaller than a batch is one batch */
export function createSampling(
  { regime, settings }: RunConfig,
  images: Pick<TrainingImages, 'labels' | 'hashes' | 'paths' | 'labelParents'>,
  training: Int32Array,
): Sampling {
  const { seed, imagesPerLabel, sampler, dim } = settings
  const batchSize = Math.min(settings.batchSize, training.length)
  const index = labelIndexOf(images.labels, training)
  const labels = training.map((image) => index.labels[image] ?? -1)
  const contents = contentsOf(images.hashes)
  const groups = training.map((image) => contents[image] ?? image)
  const superLabels = superLabelsOf(images, index)
  const others = regime === 'mixed' ? 'deal' : 'leave'

  function drawn(epoch: number, prototypes: Float32Array | null): readonly Int32Array[] {
    const byLabel = { labels, batchSize, imagesPerLabel, seed, epoch }
    switch (sampler) {
      case 'uniform':
        return uniformBatches({ count: training.length, batchSize, seed, epoch })
      case 'distinct':
        return distinctBatches({ groups, batchSize, seed, epoch })
      case 'labels':
        return labelBatches({ ...byLabel, others })
      case 'balanced':
        return balancedBatches(byLabel)
      case 'hierarchical':
        return hierarchicalBatches({ ...byLabel, superLabels })
      case 'hard-labels':
        return prototypes
          ? hardLabelBatches({ ...byLabel, prototypes, dim })
          : labelBatches(byLabel)
      default:
        return sampler satisfies never
    }
  }

  function evened(batches: readonly Int32Array[], steps?: number): readonly Int32Array[] {
    if (sampler === 'uniform' || sampler === 'labels') return evenBatches(batches, batchSize, steps)
    const size = Math.max(0, ...batches.map(({ length }) => length))
    const isApart = (batch: ReadonlySet<number>, image: number) =>
      [...batch].every((other) => groups[other] !== groups[image])
    return filledBatches(batches, size, {
      ...(steps !== undefined && { steps }),
      ...(sampler === 'distinct' && { mayJoin: isApart }),
    })
  }

  const stepsPerEpoch = evened(drawn(1, null)).length
  return {
    stepsPerEpoch,
    index,
    batchesOf: (epoch, prototypes) =>
      evened(drawn(epoch, prototypes), stepsPerEpoch).map((batch) =>
        batch.map((i) => training[i] ?? 0),
      ),
  }
}

/**
 * What each label is grouped under: the super-label that a person gave it, or else the folder that its own
 * folder lies in (that of its first image).
 *
 * @returns a number for each label of the index, equal for labels of one group
 */
export function superLabelsOf(
  { paths, labels, labelParents = [] }: Pick<TrainingImages, 'labels' | 'paths' | 'labelParents'>,
  index: LabelIndex,
): Int32Array {
  const groups = new Map<string, number>()
  const superLabels = new Int32Array(index.count).fill(-1)
  index.labels.forEach((label, image) => {
    if (label < 0 || superLabels[label] !== -1) return
    const parent = labelParents[labels[image] ?? -1] ?? null
    const group = parent === null ? `folder ${folderAbove(paths[image] ?? '')}` : `label ${parent}`
    const number = groups.get(group) ?? groups.size
    groups.set(group, number)
    superLabels[label] = number
  })
  return superLabels
}

/** Of a path of either kind of system. */
function folderAbove(path: string): string {
  const style = path.includes('\\') ? win32 : posix
  return style.dirname(style.dirname(path))
}
