import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { FolderListing } from '../contract/project.ts'
import type { Source } from '../data/projectStore.ts'

/** More folders than anyone scrolls through. */
const mostFolders = 2000

/**
 * What lies in a folder, for choosing one where there is no system dialog. Hidden folders are left out.
 *
 * @param isImageName whether a file's name looks like an image
 */
export async function listFolder(
  folder: string,
  isImageName: (name: string) => boolean,
): Promise<FolderListing> {
  const path = resolve(folder)
  const entries = await entriesOf(path)
  const folders: string[] = []
  let images = 0
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(path, entry.name)))))
      folders.push(entry.name)
    else if (isImageName(entry.name)) images++
  }
  const parent = dirname(path)
  const byName = new Intl.Collator(undefined, { numeric: true })
  return {
    folder: path,
    parent: parent === path ? null : parent,
    folders: folders.sort((a, b) => byName.compare(a, b)).slice(0, mostFolders),
    images,
  }
}

/** The folder as an absolute path. Throws `not-found` or `bad-request` where there is none. */
export async function expectFolder(folder: string): Promise<string> {
  const path = resolve(folder)
  const info = await stat(path).catch(() => null)
  if (info === null) throw new WorkbenchError('not-found', `There is no folder ${path}.`)
  if (!info.isDirectory())
    throw new WorkbenchError('bad-request', `${path} is a file, not a folder of images.`)
  return path
}

/** Throws `bad-request` for a folder in which no file, however deep, looks like an image. */
export async function expectImages(
  folder: string,
  isImageName: (name: string) => boolean,
): Promise<void> {
  if (await holdsImage(folder, isImageName)) return
  throw new WorkbenchError(
    'bad-request',
    `There is no image in ${folder}. Choose a folder that holds images, or folders of images.`,
  )
}

/**
 * Folders as they are, and files by the folder that they lie in.
 *
 * @throws WorkbenchError `not-found` for a path that leads nowhere
 */
export async function sourcesOf(paths: readonly string[]): Promise<readonly Source[]> {
  const folders: Source[] = []
  const filesIn = new Map<string, string[]>()
  for (const path of paths.map((one) => resolve(one))) {
    const info = await stat(path).catch(() => null)
    if (info === null) throw new WorkbenchError('not-found', `There is nothing at ${path}.`)
    if (info.isDirectory()) folders.push({ folder: path, files: null })
    else filesIn.set(dirname(path), [...(filesIn.get(dirname(path)) ?? []), basename(path)])
  }
  const files = [...filesIn].map(([folder, names]) => ({ folder, files: names }))
  return [...folders, ...files]
}

/** Hidden files and folders do not count. */
async function holdsImage(
  folder: string,
  isImageName: (name: string) => boolean,
): Promise<boolean> {
  const folders: string[] = []
  for (const entry of await entriesOf(folder)) {
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) folders.push(entry.name)
    else if (isImageName(entry.name)) return true
  }
  for (const name of folders)
    if (await holdsImage(join(folder, name), isImageName).catch(() => false)) return true
  return false
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'ENOENT') throw new WorkbenchError('not-found', `There is no folder ${path}.`)
    if (code === 'ENOTDIR')
      throw new WorkbenchError('bad-request', `${path} is a file, not a folder.`)
    throw new WorkbenchError('io', `The folder ${path} cannot be read.`, { cause })
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}
