import { fingerprintOf } from '../../analysis/epochNeighbours.ts'
import { lastChangeOf, nearestLabelOf } from '../../analysis/lastChange.ts'
import { motionsOf } from '../../analysis/motion.ts'
import { listsOf } from '../../analysis/neighbourFrames.ts'
import type { PictureOptions } from '../../analysis/neighbourFrames.ts'
import { outlierScores } from '../../analysis/outlierScores.ts'
import { readEmbedding } from '../../analysis/sphereFrames.ts'
import { negativesOf } from '../../analysis/suspects/findSuspects.ts'
import { suspicionsOf } from '../../analysis/suspects/suspicions.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import type { MeasuredImages, MeasureRequest } from '../../contract/measures.ts'
import { gradientLengths, imageLosses } from '../../training/lossOfEpoch/imageLosses.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { openLossOfRun } from './lossOfRun.ts'
import { openRunDetector } from './runDetector.ts'
import { storedEpochs } from './storedEpochs.ts'

type Request = MeasureRequest & RunPlace

interface Measured {
  readonly values: Float32Array
  readonly assumptions: readonly string[]
}

/**
 * A number for each image of a run's epoch; the tensor backend must be open.
 *
 * @returns null if the epoch has no stored embedding
 */
export async function measureOfRun(
  request: Request,
  options: PictureOptions,
): Promise<MeasuredImages | null> {
  const { run, epoch, measure, runFolder } = request
  if (!(await storedEpochs(runFolder)).includes(epoch)) return null
  const images = await readRunImages(runFolder)
  const measured = await measuredOf(request, images, options)
  return { run, epoch, measure, ids: images.ids, ...measured }
}

function measuredOf(
  request: Request,
  images: TrainingImages,
  options: PictureOptions,
): Promise<Measured> {
  switch (request.measure) {
    case 'loss':
    case 'gradient':
      return byLoss(request, images, options)
    case 'outlier':
      return outliers(request, options)
    case 'suspicion':
      return suspicions(request, options)
    case 'speed':
      return speeds(request, images)
    case 'change':
      return changes(request, images, options)
    default:
      return request.measure satisfies never
  }
}

async function byLoss(
  { measure, ...request }: Request,
  images: TrainingImages,
  { signal, onProgress }: PictureOptions,
): Promise<Measured> {
  const epochLoss = await openLossOfRun(request, images)
  const toMeasure = { signal, onProgress: (share: number) => onProgress('measure', share) }
  const isLoss = measure === 'loss'
  const values = isLoss
    ? await imageLosses(epochLoss, toMeasure)
    : await gradientLengths(epochLoss, toMeasure)
  const heldOut = images.ids.length - epochLoss.training.length
  const none = new Float32Array(images.ids.length).fill(NaN)
  return {
    values: values ?? none,
    assumptions: [
      ...epochLoss.assumptions(false),
      ...(values === null
        ? ['This loss compares whole batches: no image has a loss of its own. Take the gradient.']
        : []),
      ...(heldOut > 0 ? [`${heldOut} images are held out: training has no loss of them.`] : []),
    ],
  }
}

async function outliers({ runFolder, epoch }: Request, options: PictureOptions): Promise<Measured> {
  const rows = await readEmbedding(runFolder, epoch)
  const nearest = await listsOf(rows, fingerprintOf(rows), options)
  return { values: outlierScores(nearest), assumptions: [] }
}

async function suspicions(
  request: Request,
  { signal, onProgress }: PictureOptions,
): Promise<Measured> {
  const opened = await openRunDetector(request, request.epoch, { pixels: false, views: false })
  try {
    const { config, images, detector, products, assumptions } = opened
    const { suspectShare: share, suspectGroup: groupSize } = config.settings
    const scores = await detector.scores({ method: 'random-walk', groupSize, share })
    const known = { regime: config.regime, labels: images.labels, hashes: images.hashes }
    const values = await suspicionsOf(scores, products, {
      isPair: negativesOf(known),
      onRow: (image) => {
        signal.throwIfAborted()
        if (image % 64 === 0) onProgress('measure', image / images.ids.length)
      },
    })
    return {
      values,
      assumptions: [
        ...assumptions,
        'The random walk scores pairs; its scores are no probabilities.',
      ],
    }
  } finally {
    opened.dispose()
  }
}

async function speeds({ runFolder, epoch }: Request, { ids }: TrainingImages): Promise<Measured> {
  const before = (await storedEpochs(runFolder)).findLast((one) => one < epoch)
  if (before === undefined)
    return {
      values: new Float32Array(ids.length).fill(NaN),
      assumptions: ['This is the first stored epoch: nothing has moved yet.'],
    }
  const [{ data: from }, { data: to, dim }] = await Promise.all([
    readEmbedding(runFolder, before),
    readEmbedding(runFolder, epoch),
  ])
  return { values: motionsOf(from, to, dim), assumptions: [`Since epoch ${before}.`] }
}

async function changes(
  { runFolder, epoch }: Request,
  { labels }: TrainingImages,
  { signal, onProgress }: PictureOptions,
): Promise<Measured> {
  const epochs = (await storedEpochs(runFolder)).filter((one) => one <= epoch)
  const states: { epoch: number; states: Int32Array }[] = []
  for (const one of epochs) {
    signal.throwIfAborted()
    states.push({ epoch: one, states: nearestLabelOf(await readEmbedding(runFolder, one), labels) })
    onProgress('measure', states.length / epochs.length)
  }
  const hasLabels = labels.some((label) => label >= 0)
  return {
    values: lastChangeOf(states),
    assumptions: hasLabels
      ? [`Looked at ${epochs.length} stored epochs, up to epoch ${epoch}.`]
      : ['No image has a label: which label is nearest cannot change.'],
  }
}
