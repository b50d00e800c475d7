import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type {
  FileStamp,
  KnownStamps,
  ScanBatch,
  ScannedFile,
  ScanRequest,
} from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { SkippedFile } from '../contract/images.ts'
import { contentHashOf, mostBytes, reasonOf } from './decode.ts'
import { refusalOf } from './imageNames.ts'
import { listImages } from './listImages.ts'
import { mapInOrder } from './mapInOrder.ts'
import { readWhole } from './readWhole.ts'
import { ScanPace } from './ScanPace.ts'
import { Thumbnails } from './thumbnails.ts'

export interface ScanOptions {
  /** The scan goes on when it resolves: what was given is then acknowledged. */
  readonly onBatch: (batch: ScanBatch) => Promise<void> | void
  readonly signal: AbortSignal
}

/** Five batches a second, or this many files, whichever comes first. */
const batchMs = 200
const filesPerBatch = 2000
/** Twice as many as usual: a slow file at the head of the queue would leave cores idle. */
const atOnce = 4 * availableParallelism()

/**
 * Reads a folder of images: lists it, decodes each file once, names it by its bytes, writes its
 * thumbnail. Files that are known and unchanged are only listed. A file that cannot be read is
 * reported and left out; the scan goes on. Files come in the order of their paths.
 *
 * @throws WorkbenchError `not-found` or `io` when the folder cannot be read, goes away while it is
 *   read, or no thumbnail can be written; what was read until then has been given
 */
export async function scanFolder(
  { source, files: only, rootLabel, thumbnailsFolder, known }: ScanRequest,
  { onBatch, signal }: ScanOptions,
): Promise<{ readonly cancelled: boolean }> {
  const pace = new ScanPace()
  let total: number | null = null
  let done = 0
  let skippedSoFar = 0
  let files: ScannedFile[] = []
  let skipped: SkippedFile[] = []
  let reported = performance.now()

  const skip = (file: SkippedFile) => {
    skipped.push(file)
    skippedSoFar += 1
  }
  const flush = async () => {
    reported = performance.now()
    pace.observe(reported, done)
    const progress = {
      done,
      total,
      skipped: skippedSoFar,
      imagesPerSecond: pace.imagesPerSecond(),
      secondsLeft: total === null ? null : pace.secondsLeft(total),
    }
    const batch = { files, skipped, progress }
    files = []
    skipped = []
    await onBatch(batch)
  }

  await flush()
  const identity = await identityOf(source)
  const listing = only
    ? { paths: [...only].sort(), unreadable: [] }
    : await listImages(source, signal)
  total = listing.paths.length
  listing.unreadable.forEach(skip)
  const thumbnails = await Thumbnails.open(thumbnailsFolder)
  const stampOf = stampFinder(known)
  const read = (path: string) =>
    readFileAt({
      source,
      path,
      identity,
      rootLabel,
      thumbnails,
      known: stampOf(path),
    })
  pace.observe(performance.now(), 0)
  try {
    for await (const result of mapInOrder(listing.paths, read, atOnce)) {
      if (signal.aborted) break
      done += 1
      if ('reason' in result) skip(result)
      else files.push(result)
      if (files.length >= filesPerBatch || performance.now() - reported >= batchMs) await flush()
    }
  } finally {
    await flush()
  }
  return { cancelled: signal.aborted }
}

async function readFileAt(file: {
  readonly source: string
  readonly path: string
  readonly identity: string | null
  readonly rootLabel: string | null
  readonly thumbnails: Thumbnails
  readonly known: FileStamp | undefined
}): Promise<ScannedFile | SkippedFile> {
  const { source, path, identity, rootLabel, thumbnails, known } = file
  try {
    const refusal = refusalOf(path)
    if (refusal !== null) return { path, reason: refusal }
    const absolute = join(source, path)
    const folder = dirname(path)
    const label = folder === '.' ? rootLabel : basename(folder)
    if (known && thumbnails.has(known.hash) && isUnchanged(known, absolute))
      return { path, label, ...known }
    const { bytes, sizeBytes, modifiedMs } = await readWhole(absolute, mostBytes)
    if (sizeBytes === 0) return { path, reason: 'The file is empty.' }
    if (bytes === null)
      return { path, reason: `The file is larger than ${mostBytes / 1024 ** 2} MiB.` }
    const hash = contentHashOf(bytes)
    const { width, height } = await thumbnails.make(bytes, hash)
    return { path, label, hash, sizeBytes, modifiedMs, width, height }
  } catch (error) {
    if (error instanceof WorkbenchError) throw error
    if ((await identityOf(source)) !== identity) throw wentAway(source, error)
    return { path, reason: reasonOf(error) }
  }
}

function stampFinder(known: KnownStamps): (path: string) => FileStamp | undefined {
  const { paths, hashes, sizesBytes, modifiedMs, widths, heights } = known
  const places = new Map(paths.map((path, place) => [path, place]))
  return (path) => {
    const at = places.get(path)
    if (at === undefined) return undefined
    return {
      hash: hashes[at] ?? '',
      sizeBytes: sizesBytes[at] ?? 0,
      modifiedMs: modifiedMs[at] ?? 0,
      width: widths[at] ?? 0,
      height: heights[at] ?? 0,
    }
  }
}

/** Asked at once: where nothing is read, handing it to a thread would be most of the work. */
function isUnchanged(known: FileStamp, absolute: string): boolean {
  const { size, mtimeMs } = statSync(absolute)
  return known.sizeBytes === size && known.modifiedMs === Math.round(mtimeMs)
}

/**
 * Of a folder, as long as it is there: where a drive was mounted an empty folder may be left. Null for
 * none.
 */
async function identityOf(folder: string): Promise<string | null> {
  const info = await stat(folder).catch(() => null)
  return info && `${info.dev} ${info.ino}`
}

function wentAway(source: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'io',
    `The folder ${source} went away while it was read. Nothing in it was forgotten. If it is on a ` +
      'drive, connect it and open the folder again.',
    { cause },
  )
}
