import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Faithfulness, PictureProgress, SphereFrame } from '../contract/sphere.ts'
import { readNpy, writeNpy } from '../numeric/npy.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { fingerprintOf } from './epochNeighbours.ts'
import type { EpochNeighbours } from './epochNeighbours.ts'
import { faithfulNeighbours } from './faithfulness.ts'
import type { Rows } from './neighbours.ts'
import { neighbourLayout, ownMotionOf } from './neighbourView/neighbourLayout.ts'
import type { PlacedNeighbours } from './neighbourView/neighbourLayout.ts'
import { pictureQuality } from './pictureQuality.ts'
import { readEmbeddingOf } from './sphereFrames.ts'
import type { EmbeddedRun } from './sphereFrames.ts'

export interface PictureOptions {
  readonly neighbours: EpochNeighbours
  readonly signal: AbortSignal
  readonly onProgress: (stage: PictureProgress['stage'], share: number) => void
}

/**
 * The neighbours view of an epoch: as it is stored (`sphere/neighbours-<epoch>.npy` and `.json`), or
 * laid out now and stored. The layout departs from that of the nearest epoch that has one, so that
 * only what has changed moves; so the pictures of a run depend on the order in which they were first
 * asked for, and never change afterwards while its rows stay the same.
 *
 * @returns null if the epoch has no embedding
 * @throws the signal's reason when it is aborted
 */
export async function readNeighbourFrame(
  embedded: EmbeddedRun,
  epoch: number,
  options: PictureOptions,
): Promise<SphereFrame | null> {
  const rows = await readEmbeddingOf(embedded, epoch)
  if (!rows) return null
  const fingerprint = fingerprintOf(rows)
  const { run, ids } = embedded
  const common = { run, epoch, view: 'neighbours', frameEpoch: epoch, ids } as const
  const stored = await readStored(embedded, epoch, fingerprint)
  if (stored) return { ...common, ...stored }
  const nearest = await listsOf(rows, fingerprint, options)
  const earlier = await nearestLayout(embedded, epoch, options)
  const positions = await neighbourLayout(rows, nearest, {
    earlier: earlier ?? undefined,
    signal: options.signal,
    onProgress: (share) => options.onProgress('layout', share),
  })
  const faithfulness = await qualityOf(rows, positions)
  const ownMotionDegrees = await ownMotionOf(rows, { positions, nearest })
  await mkdir(join(embedded.runFolder, 'sphere'), { recursive: true })
  await writeNpy(fileOf(embedded, epoch, 'npy'), { data: positions, shape: [ids.length, 3] })
  await writeFileSafely(
    fileOf(embedded, epoch, 'json'),
    JSON.stringify({ version: storedVersion, fingerprint, faithfulness, ownMotionDegrees }),
  )
  return { ...common, positions, faithfulness, ownMotionDegrees }
}

async function qualityOf(rows: Rows, positions: Float32Array): Promise<Faithfulness> {
  const k = Math.min(faithfulNeighbours, Math.max(positions.length / 3 - 1, 0))
  const quality = await pictureQuality(rows, positions, { k })
  return { isExact: false, lengthShare: null, ...quality, k }
}

/** The layout of the nearest epoch that has one, of two the earlier one; with its rows' neighbours. */
async function nearestLayout(
  embedded: EmbeddedRun,
  epoch: number,
  options: PictureOptions,
): Promise<PlacedNeighbours | null> {
  const names = await readdir(join(embedded.runFolder, 'sphere')).catch(() => [])
  const epochs = names
    .flatMap((name) => {
      const found = /^neighbours-(\d+)\.json$/.exec(name)?.[1]
      return found === undefined || Number(found) === epoch ? [] : [Number(found)]
    })
    .sort((a, b) => Math.abs(a - epoch) - Math.abs(b - epoch) || a - b)
  for (const other of epochs) {
    const rows = await readEmbeddingOf(embedded, other)
    if (!rows) continue
    const fingerprint = fingerprintOf(rows)
    const stored = await readStored(embedded, other, fingerprint)
    if (!stored) continue
    return {
      positions: stored.positions,
      nearest: await listsOf(rows, fingerprint, options),
    }
  }
  return null
}

/** Who is near whom among the rows of an epoch, found at most once. */
export function listsOf(
  rows: Rows,
  fingerprint: string,
  { neighbours, signal, onProgress }: PictureOptions,
): ReturnType<EpochNeighbours['of']> {
  return neighbours.of(rows, fingerprint, {
    signal,
    onProgress: (share) => onProgress('nearest', share),
  })
}

/** 2: fewer than 10,000 points use the whole sphere. */
const storedVersion = 2

const storedSchema = z.object({
  version: z.literal(storedVersion),
  fingerprint: z.string(),
  faithfulness: z.object({
    isExact: z.boolean(),
    lengthShare: z.number().nullable(),
    trustworthiness: z.number(),
    continuity: z.number(),
    neighboursKept: z.number(),
    k: z.number(),
  }),
  ownMotionDegrees: z.number(),
})

/** Null where nothing is stored, or something of other rows: it can be made again at any time. */
async function readStored(
  embedded: EmbeddedRun,
  epoch: number,
  fingerprint: string,
): Promise<Pick<SphereFrame, 'positions' | 'faithfulness' | 'ownMotionDegrees'> | null> {
  try {
    const text = await readFile(fileOf(embedded, epoch, 'json'), 'utf8')
    const { faithfulness, ownMotionDegrees, ...stored } = storedSchema.parse(JSON.parse(text))
    const { data } = await readNpy(fileOf(embedded, epoch, 'npy'))
    if (stored.fingerprint !== fingerprint || data.length !== 3 * embedded.ids.length) return null
    return { positions: data, faithfulness, ownMotionDegrees }
  } catch {
    return null
  }
}

function fileOf({ runFolder }: EmbeddedRun, epoch: number, type: 'npy' | 'json'): string {
  return join(runFolder, 'sphere', `neighbours-${epoch}.${type}`)
}
