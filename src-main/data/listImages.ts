import { readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { SkippedFile } from '../contract/images.ts'
import { reasonOf } from './decode.ts'
import { hasImageName } from './imageNames.ts'

export interface ImageListing {
  /** Relative to the source, with forward slashes, sorted. */
  readonly paths: readonly string[]
  /** Folders that could not be read. */
  readonly unreadable: readonly SkippedFile[]
  /** All folders that were read: their real paths, and how the images' paths name them. */
  readonly folders: ReadonlyMap<string, string>
}

/**
 * Files in a folder and its subfolders that have the name of an image. Hidden ones and projects of
 * Antipode are left out. Links are followed after everything else, so that a folder which is also
 * linked to keeps its own name, and each folder is read once, wherever links lead.
 *
 * @throws WorkbenchError `not-found` or `io` when the source itself cannot be read
 */
export async function listImages(source: string, signal: AbortSignal): Promise<ImageListing> {
  const root = await rootOf(source)
  const paths: string[] = []
  const unreadable: SkippedFile[] = []
  const folders = new Map<string, string>()
  const links: string[] = []

  async function visit(folder: string, real: string): Promise<void> {
    if (signal.aborted || folders.has(real)) return
    folders.set(real, folder)
    const subfolders: string[] = []
    try {
      const entries = await readdir(real, { withFileTypes: true })
      if (folder !== '' && entries.some(({ name }) => name === 'project.db')) return
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) subfolders.push(entry.name)
        // A link to a folder has no extension; one to a file is taken by its name.
        else if (hasImageName(entry.name) && !isSpecial(entry)) paths.push(path)
        else if (entry.isSymbolicLink()) links.push(path)
      }
    } catch (error) {
      if (folder === '') throw unreadableSource(source, error)
      unreadable.push({ path: folder, reason: reasonOf(error) })
    }
    for (const name of subfolders.sort())
      await visit(folder === '' ? name : `${folder}/${name}`, join(real, name))
  }

  async function follow(link: string): Promise<void> {
    const real = await realpath(join(source, link)).catch(() => null)
    // A link to nothing is as uninteresting as a file that is no image.
    if (real === null) return
    if (root === real || root.startsWith(real.endsWith(sep) ? real : real + sep)) return
    const isFolder = await readdir(real).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOTDIR',
    )
    if (isFolder) await visit(link, real)
  }

  await visit('', root)
  // Following one may find more.
  while (links.length > 0) {
    const found = links.splice(0).sort()
    for (const link of found) await follow(link)
  }
  return { paths: paths.sort(), unreadable, folders }
}

/** Pipes, sockets and devices: reading one could wait for ever. */
function isSpecial(entry: { isFile(): boolean; isSymbolicLink(): boolean }): boolean {
  return !entry.isFile() && !entry.isSymbolicLink()
}

async function rootOf(source: string): Promise<string> {
  try {
    return await realpath(source)
  } catch (error) {
    throw unreadableSource(source, error)
  }
}

function unreadableSource(source: string, cause: unknown): WorkbenchError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  return isMissing
    ? new WorkbenchError(
        'not-found',
        `The folder ${source} is not there. If it is on a drive, connect it and open the folder again.`,
        { cause },
      )
    : new WorkbenchError('io', `The folder ${source} cannot be read. ${reasonOf(cause)}`, { cause })
}
