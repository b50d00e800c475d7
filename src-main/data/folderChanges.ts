import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { FolderChanges } from '../contract/project.ts'
import { listImages } from './listImages.ts'
import type { ImageListing } from './listImages.ts'
import type { KnownFiles, Source } from './source.ts'

/** What a look at a folder found. */
export interface FolderLook {
  readonly changes: FolderChanges
  readonly listing: ImageListing
}

/**
 * Compares a source with what the project knows of it, by names, sizes and times; no file is opened. A
 * new file with the size and time of one that is gone is one that moved.
 *
 * @param touched paths that may have changed; null for all, which costs a look at each file
 * @throws WorkbenchError as {@link listImages}, and `not-found` where nothing is left of all of it
 */
export async function lookAtFolder(
  source: Source,
  known: KnownFiles,
  touched: ReadonlySet<string> | null,
  signal: AbortSignal,
): Promise<FolderLook> {
  const listing = await listingOf(source, signal)
  // An empty folder may be all that is left where a drive was.
  if (source.files === null && listing.paths.length === 0 && known.stamps.size > 0)
    throw new WorkbenchError('not-found', `No image is left in ${source.folder}.`)
  const found = new Set(listing.paths)
  const isNew = (path: string): boolean => !known.stamps.has(path) && !known.skipped.has(path)
  const isHidden = (path: string): boolean =>
    listing.unreadable.some((folder) => path.startsWith(`${folder.path}/`))
  const added = listing.paths.filter(isNew)
  const gone = [...known.stamps.keys()].filter((path) => !found.has(path) && !isHidden(path))
  const moved = gone.length === 0 ? 0 : await countMoved(source.folder, added, gone, known)
  let changed = 0
  for (const path of touched ?? known.stamps.keys()) {
    if (signal.aborted) break
    if (!found.has(path)) continue
    const stamp = known.stamps.get(path)
    if (stamp === undefined) changed += touched !== null && known.skipped.has(path) ? 1 : 0
    else if (keyOf(stamp) !== (await stampKeyAt(join(source.folder, path)))) changed += 1
  }
  return {
    changes: { added: added.length - moved, changed, moved, gone: gone.length - moved },
    listing,
  }
}

async function listingOf({ folder, files }: Source, signal: AbortSignal): Promise<ImageListing> {
  const listing = await listImages(folder, signal)
  if (files === null) return listing
  const wanted = new Set(files)
  return { ...listing, paths: listing.paths.filter((path) => wanted.has(path)) }
}

async function countMoved(
  folder: string,
  added: readonly string[],
  gone: readonly string[],
  { stamps }: KnownFiles,
): Promise<number> {
  const left = new Map<string, number>()
  for (const path of gone) {
    const key = keyOf(stamps.get(path) ?? [0, 0])
    left.set(key, (left.get(key) ?? 0) + 1)
  }
  let moved = 0
  for (const path of added) {
    const key = await stampKeyAt(join(folder, path))
    const count = left.get(key) ?? 0
    if (count === 0) continue
    left.set(key, count - 1)
    moved += 1
  }
  return moved
}

function keyOf([sizeBytes, modifiedMs]: readonly [number, number]): string {
  return `${sizeBytes} ${modifiedMs}`
}

/** Empty where there is no file any more. */
async function stampKeyAt(path: string): Promise<string> {
  const info = await stat(path).catch(() => null)
  return info === null ? '' : keyOf([info.size, Math.round(info.mtimeMs)])
}
