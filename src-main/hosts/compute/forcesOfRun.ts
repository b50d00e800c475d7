import { arrowOf, motionOf, outsideShareOf } from '../../analysis/forceArrows.ts'
import type { Axes } from '../../analysis/principalAxes.ts'
import { readEmbedding, readLinearAxes } from '../../analysis/sphereFrames.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { ForceRequest, ImageForce, ImageForces } from '../../contract/forces.ts'
import { loadEpochWeights } from '../../training/checkpoint.ts'
import type { EpochLoss } from '../../training/lossOfEpoch/epochLoss.ts'
import { forcesOn } from '../../training/lossOfEpoch/forces.ts'
import type { PairForce } from '../../training/lossOfEpoch/forces.ts'
import { readRunConfig } from '../../training/runFolder.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { openLossOfRun } from './lossOfRun.ts'
import { cachedPixels, viewsOfRun } from './runViews.ts'
import { storedEpochs } from './storedEpochs.ts'

type Request = ForceRequest & RunPlace

/** Passes over the images after which one that no batch has dealt is thought to be untouched. */
const mostPasses = 4

/**
 * Who pulls and who pushes an image after an epoch, as the linear view shows it.
 *
 * @param openTensors called when all other engines are closed
 * @returns null if the epoch has no stored embedding
 * @throws WorkbenchError `not-found` for an image that the run does not have
 */
export async function forcesOfRun(
  request: Request,
  openTensors: () => Promise<unknown>,
): Promise<ImageForces | null> {
  const { run, runFolder, epoch, image, top } = request
  const axes = await readLinearAxes(runFolder)
  const epochs = await storedEpochs(runFolder)
  if (!axes || !epochs.includes(epoch)) return null
  const images = await readRunImages(runFolder)
  const place = images.ids.indexOf(image)
  if (place < 0) throw new WorkbenchError('not-found', `Run ${run} has no image ${image}.`)
  const epochLoss = await openLossOfRun(request, images)
  const row = await rowOf(runFolder, epoch, place)
  const batch = batchWith(epochLoss, place)
  const common = { run, epoch, image }
  if (!batch) return { ...common, ...untouched(epochLoss) }

  const views = await drawnViews(request, images, batch)
  await openTensors()
  const { resultant, pairs } = await forcesOn(
    epochLoss,
    await epochLoss.look(batch, views ?? undefined),
    place,
  )
  const length = Math.hypot(...resultant)
  const arrow = arrowOf(axes, row, resultant)
  const lengths = (pairs ?? []).map(({ force }) => Math.hypot(...force))
  const all = lengths.reduce((sum, one) => sum + one, 0)
  const told = (pairs ?? []).slice(0, top)
  const shares = lengths.map((one) => one / Math.max(all, 1e-30))
  const next = epochs.find((one) => one > epoch)
  return {
    ...common,
    isUntouched: false,
    forces:
      pairs &&
      told.map((pair, i) => ({
        ...described(pair, { epochLoss, images, axes, row, length }),
        share: shares[i] ?? 0,
      })),
    count: pairs?.length ?? 0,
    toldShare: shares.slice(0, top).reduce((sum, share) => sum + share, 0),
    arrow: scaled(arrow, length),
    length,
    outsideShare: outsideShareOf(arrow, resultant),
    degreesPerStep: (epochLoss.learningRate * length * 180) / Math.PI,
    moved:
      next === undefined
        ? null
        : { epoch: next, ...motionOf(row, await rowOf(runFolder, next, place), resultant) },
    assumptions: epochLoss.assumptions(views !== null),
  }
}

function untouched(epochLoss: EpochLoss): Omit<ImageForces, 'run' | 'epoch' | 'image'> {
  return {
    isUntouched: true,
    forces: [],
    count: 0,
    toldShare: 0,
    arrow: [0, 0, 0],
    length: 0,
    outsideShare: 0,
    degreesPerStep: 0,
    moved: null,
    assumptions: epochLoss.assumptions(false),
  }
}

function batchWith(epochLoss: EpochLoss, place: number): Int32Array | null {
  if (!epochLoss.training.includes(place)) return null
  for (let pass = 0; pass < mostPasses; pass++) {
    const found = epochLoss.batchesOf(pass).find((batch) => batch.includes(place))
    if (found) return found
  }
  return null
}

/** Two random views of a batch, where training takes two and the network of the epoch is still there. */
async function drawnViews(
  request: Request,
  images: TrainingImages,
  batch: Int32Array,
): Promise<readonly Float32Array[] | null> {
  const { runFolder, epoch } = request
  const config = await readRunConfig(runFolder)
  if (config.regime === 'metric' || (await loadEpochWeights(runFolder))?.epoch !== epoch)
    return null
  const pixels = await cachedPixels(request, config, images)
  if (!pixels) return null
  try {
    const pixelsOf = (place: number) => pixels.pixelsOf(batch[place] ?? 0)
    const drawn = { config, pixelsOf, count: batch.length, views: 2, epoch }
    return (await viewsOfRun(request, drawn)).map(({ data }) => data)
  } finally {
    pixels.dispose()
  }
}

function described(
  { end, isPositive, cosine, force, isPull }: PairForce,
  known: {
    readonly epochLoss: EpochLoss
    readonly images: TrainingImages
    readonly axes: Axes
    readonly row: Float32Array
    readonly length: number
  },
): Omit<ImageForce, 'share'> {
  const { epochLoss, images, axes, row, length } = known
  return {
    isPositive,
    isPull,
    cosine,
    arrow: scaled(arrowOf(axes, row, force), length),
    end:
      end.kind === 'proxy'
        ? { kind: 'proxy', label: images.labelNames[epochLoss.labelOf(end.label)] ?? '' }
        : { kind: end.kind, image: images.ids[end.image] ?? 0 },
  }
}

function scaled(
  [x, y, z]: readonly [number, number, number],
  length: number,
): readonly [number, number, number] {
  const unit = Math.max(length, 1e-30)
  return [x / unit, y / unit, z / unit]
}

async function rowOf(runFolder: string, epoch: number, place: number): Promise<Float32Array> {
  const { data, dim } = await readEmbedding(runFolder, epoch)
  return data.slice(place * dim, (place + 1) * dim)
}
