import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RunId } from '../contract/runs.ts'
import type { Faithfulness, Neighbours, SphereFrame } from '../contract/sphere.ts'
import { WorkbenchError } from '../contract/errors.ts'
import { readNpy, writeNpy } from '../numeric/npy.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { faithfulnessOf } from './faithfulness.ts'
import { alignAxes, project } from './linearView.ts'
import { nearestToOne } from './neighbours.ts'
import type { Rows } from './neighbours.ts'
import { principalAxes } from './principalAxes.ts'
import type { Axes } from './principalAxes.ts'

/** A run's folder, and the images whose rows its embeddings hold, in their order. */
export interface EmbeddedRun {
  readonly run: RunId
  readonly runFolder: string
  readonly ids: Int32Array
}

/**
 * Stores an epoch's rows and places them on the sphere: `embeddings/<epoch>.npy`,
 * `sphere/axes-<epoch>.npy` when the axes are fitted anew, `sphere/<epoch>-<axes>.json`.
 *
 * The axes are fitted at epochs 0, 1, 3, 9, 27, … and at the last one, and each time turned to where
 * the earlier ones had put the points. In between they are fixed, so what moves has moved in the
 * embedding.
 */
export async function storeSphereFrame(
  embedded: EmbeddedRun,
  {
    epoch,
    isLast,
    rows,
  }: { readonly epoch: number; readonly isLast: boolean; readonly rows: Rows },
): Promise<SphereFrame> {
  await mkdir(join(embedded.runFolder, 'embeddings'), { recursive: true })
  await mkdir(join(embedded.runFolder, 'sphere'), { recursive: true })
  const shape = [embedded.ids.length, rows.dim]
  await writeNpy(embeddingFile(embedded.runFolder, epoch), { data: rows.data, shape })
  const earlier = await latestAxes(embedded.runFolder, epoch - 1)
  if (earlier && !isLast && !isFittingEpoch(epoch))
    return measuredFrame(embedded, epoch, rows, earlier)
  const fitted = principalAxes(rows)
  const turned = earlier && rows.dim > 3 ? alignAxes(rows, fitted, earlier.axes) : fitted
  // Rounded as they are stored, so that a frame read back is the frame that was shown.
  const axes = turned.map(Math.fround)
  await writeNpy(join(embedded.runFolder, 'sphere', `axes-${epoch}.npy`), {
    data: Float32Array.from(axes),
    shape: [3, rows.dim],
  })
  return measuredFrame(embedded, epoch, rows, { epoch, axes })
}

/**
 * A stored epoch, drawn along the newest axes of its run, so that all epochs can be compared.
 *
 * @returns null if the epoch has no embedding
 */
export async function readSphereFrame(
  embedded: EmbeddedRun,
  epoch: number,
): Promise<SphereFrame | null> {
  const rows = await readEmbeddingOf(embedded, epoch)
  const fitted = rows && (await latestAxes(embedded.runFolder, Infinity))
  if (!fitted) return null
  if (fitted.axes.length !== 3 * rows.dim) throw misfit(embedded, epoch, rows)
  const faithfulness = await readFaithfulness(faithfulnessFile(embedded, epoch, fitted))
  if (!faithfulness) return measuredFrame(embedded, epoch, rows, fitted)
  const positions = project(rows, fitted.axes)
  return frameOf(embedded, epoch, fitted.epoch, { positions, faithfulness })
}

/** Unit rows of an epoch. @throws WorkbenchError `not-found` if it has no embedding */
export async function readEmbedding(runFolder: string, epoch: number): Promise<Rows> {
  const { data, shape } = await readNpy(embeddingFile(runFolder, epoch))
  return { data, dim: shape[1] ?? 0 }
}

/**
 * Unit rows of an epoch, one for each image of the run.
 *
 * @returns null if the epoch has no embedding
 * @throws WorkbenchError `io` if it holds rows of other images
 */
export async function readEmbeddingOf(embedded: EmbeddedRun, epoch: number): Promise<Rows | null> {
  const rows = await readEmbedding(embedded.runFolder, epoch).catch(nullIfMissing)
  if (rows && rows.data.length !== embedded.ids.length * rows.dim)
    throw misfit(embedded, epoch, rows)
  return rows
}

function misfit({ ids }: EmbeddedRun, epoch: number, rows: Rows): WorkbenchError {
  return new WorkbenchError(
    'io',
    `The embedding of epoch ${epoch} does not fit its run: ${rows.data.length} numbers for ` +
      `${ids.length} images in ${rows.dim} dimensions.`,
  )
}

/** True neighbours of an image in an epoch's embedding. @throws WorkbenchError `not-found` */
export async function neighboursIn(
  { runFolder, ids }: EmbeddedRun,
  {
    epoch,
    image,
    count,
  }: { readonly epoch: number; readonly image: number; readonly count: number },
): Promise<Neighbours> {
  const row = ids.indexOf(image)
  if (row < 0) throw new WorkbenchError('not-found', `Image ${image} is not part of this run.`)
  const rows = await readEmbedding(runFolder, epoch)
  const k = Math.min(count, ids.length - 1)
  const { indices, cosines } = nearestToOne(rows, row, k)
  const found = indices.filter((index) => index >= 0)
  return {
    of: image,
    ids: found.map((index) => ids[index] ?? 0),
    cosines: cosines.subarray(0, found.length),
  }
}

function isFittingEpoch(epoch: number): boolean {
  return epoch === 0 || Number.isInteger(+(Math.log(epoch) / Math.log(3)).toFixed(9))
}

interface FittedAxes {
  readonly epoch: number
  readonly axes: Axes
}

/** The axes of the linear view of all epochs; null before a run has any. */
export async function readLinearAxes(runFolder: string): Promise<Axes | null> {
  return (await latestAxes(runFolder, Infinity))?.axes ?? null
}

/** The axes that were fitted last, at this epoch or before. */
async function latestAxes(runFolder: string, most: number): Promise<FittedAxes | null> {
  const names = await readdir(join(runFolder, 'sphere')).catch(() => [])
  const epochs = names.flatMap((name) => {
    const epoch = /^axes-(\d+)\.npy$/.exec(name)?.[1]
    return epoch !== undefined && Number(epoch) <= most ? [Number(epoch)] : []
  })
  if (epochs.length === 0) return null
  const epoch = Math.max(...epochs)
  const { data } = await readNpy(join(runFolder, 'sphere', `axes-${epoch}.npy`))
  return { epoch, axes: Float64Array.from(data) }
}

/** A frame whose faithfulness is measured now, and kept: a resumed run may have had other rows here. */
async function measuredFrame(
  embedded: EmbeddedRun,
  epoch: number,
  rows: Rows,
  fitted: FittedAxes,
): Promise<SphereFrame> {
  const positions = project(rows, fitted.axes)
  const faithfulness = await faithfulnessOf(rows, fitted.axes, positions)
  await writeFileSafely(
    faithfulnessFile(embedded, epoch, fitted),
    JSON.stringify({ version: 2, ...faithfulness }),
  )
  return frameOf(embedded, epoch, fitted.epoch, { positions, faithfulness })
}

function frameOf(
  { run, ids }: EmbeddedRun,
  epoch: number,
  frameEpoch: number,
  drawn: Pick<SphereFrame, 'positions' | 'faithfulness'>,
): SphereFrame {
  const view = drawn.faithfulness.isExact ? 'exact' : 'linear'
  return { run, epoch, view, frameEpoch, ids, ...drawn, ownMotionDegrees: null }
}

function faithfulnessFile({ runFolder }: EmbeddedRun, epoch: number, fitted: FittedAxes): string {
  return join(runFolder, 'sphere', `${epoch}-${fitted.epoch}.json`)
}

const faithfulnessSchema = z.object({
  version: z.literal(2),
  isExact: z.boolean(),
  lengthShare: z.number().nullable(),
  trustworthiness: z.number(),
  continuity: z.number(),
  neighboursKept: z.number(),
  k: z.number(),
})

/** Null where it was not measured yet: it can be measured again at any time. */
async function readFaithfulness(file: string): Promise<Faithfulness | null> {
  try {
    const read = faithfulnessSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    const { isExact, lengthShare, trustworthiness, continuity, neighboursKept, k } = read
    return { isExact, lengthShare, trustworthiness, continuity, neighboursKept, k }
  } catch {
    return null
  }
}

function embeddingFile(runFolder: string, epoch: number): string {
  return join(runFolder, 'embeddings', `${epoch}.npy`)
}

function nullIfMissing(error: unknown): null {
  if (error instanceof WorkbenchError && error.code === 'not-found') return null
  throw error
}
