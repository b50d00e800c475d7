import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ScanBatch, ScannedFile, ScanRequest } from '../contract/compute.ts'
import type { SkippedFile } from '../contract/images.ts'
import { mostBytes, reasonOf } from './decode.ts'
import { listImages } from './listImages.ts'
import { mapInOrder } from './mapInOrder.ts'
import { makeThumbnail } from './thumbnails.ts'

export interface ScanOptions {
  /** The scan goes on when it resolves: what was given is then acknowledged. */
  readonly onBatch: (batch: ScanBatch) => Promise<void> | void
  readonly signal: AbortSignal
}

/** Five batches a second, or this many files, whichever comes first. */
const batchMs = 200
const filesPerBatch = 2000

/**
 * Reads a folder of images: lists it, decodes each file once, names it by its bytes, writes its
 * thumbnail. Files that are known and unchanged are only listed. A file that cannot be read is
 * reported and left out; the scan goes on.
 */
export async function scanFolder(
  { source, thumbnailsFolder, known }: ScanRequest,
  { onBatch, signal }: ScanOptions,
): Promise<{ readonly cancelled: boolean }> {
  const listing = await listImages(source, signal)
  const total = listing.paths.length
  const begun = performance.now()
  let reported = begun
  let done = 0
  let skippedSoFar = listing.unreadable.length
  let files: ScannedFile[] = []
  let skipped: SkippedFile[] = [...listing.unreadable]

  const flush = async () => {
    const seconds = (performance.now() - begun) / 1000
    const imagesPerSecond = seconds > 0 ? done / seconds : 0
    const secondsLeft = imagesPerSecond > 0 ? (total - done) / imagesPerSecond : null
    const batch: ScanBatch = {
      files,
      skipped,
      progress: { done, total, skipped: skippedSoFar, imagesPerSecond, secondsLeft },
    }
    files = []
    skipped = []
    reported = performance.now()
    await onBatch(batch)
  }

  const read = (path: string) =>
    readFileAt(source, path, thumbnailsFolder, Object.hasOwn(known, path) ? known[path] : undefined)
  for await (const result of mapInOrder(listing.paths, read)) {
    if (signal.aborted) break
    done += 1
    if ('reason' in result) {
      skipped.push(result)
      skippedSoFar += 1
    } else files.push(result)
    if (files.length >= filesPerBatch || performance.now() - reported >= batchMs) await flush()
  }
  await flush()
  return { cancelled: signal.aborted }
}

async function readFileAt(
  source: string,
  path: string,
  thumbnailsFolder: string,
  known: ScanRequest['known'][string] | undefined,
): Promise<ScannedFile | SkippedFile> {
  try {
    const absolute = join(source, path)
    const { size: sizeBytes, mtimeMs } = await stat(absolute)
    const modifiedMs = Math.round(mtimeMs)
    const folder = dirname(path)
    const label = folder === '.' ? null : basename(folder)
    if (known && known.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs)
      return { path, label, ...known }
    if (sizeBytes === 0) return { path, reason: 'It is empty.' }
    if (sizeBytes > mostBytes)
      return { path, reason: `It is larger than ${mostBytes / 1024 ** 2} MiB.` }
    const bytes = await readFile(absolute)
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const { width, height } = await makeThumbnail(bytes, thumbnailsFolder, hash)
    return { path, label, hash, sizeBytes, modifiedMs, width, height }
  } catch (error) {
    return { path, reason: reasonOf(error) }
  }
}
