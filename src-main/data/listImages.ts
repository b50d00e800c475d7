import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { SkippedFile } from '../contract/images.ts'
import { hasImageName, reasonOf } from './decode.ts'

/**
 * Files in a folder and its subfolders that have the name of an image, sorted, relative to it with
 * forward slashes. Hidden ones are left out. A folder that links lead back to is read once; one that
 * cannot be read is reported.
 */
export async function listImages(
  source: string,
  signal: AbortSignal,
): Promise<{ readonly paths: readonly string[]; readonly unreadable: readonly SkippedFile[] }> {
  const paths: string[] = []
  const unreadable: SkippedFile[] = []
  const seen = new Set<string>()

  async function visit(folder: string): Promise<void> {
    if (signal.aborted) return
    try {
      const absolute = join(source, folder)
      const real = await realpath(absolute)
      if (seen.has(real)) return
      seen.add(real)
      const entries = await readdir(absolute, { withFileTypes: true })
      const subfolders: string[] = []
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) subfolders.push(path)
        else if (entry.isFile() && hasImageName(entry.name)) paths.push(path)
        else if (entry.isSymbolicLink()) {
          // A link to a folder has no ending; one to a file is taken by its name.
          if (hasImageName(entry.name)) paths.push(path)
          else subfolders.push(path)
        }
      }
      for (const subfolder of subfolders.sort()) await visit(subfolder)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // A link to a file that is no image, or to nothing, is as uninteresting as the file itself.
      if (folder !== '' && (code === 'ENOTDIR' || code === 'ENOENT')) return
      const reason = code === 'ELOOP' ? 'Its link leads back to itself.' : reasonOf(error)
      unreadable.push({ path: folder === '' ? source : folder, reason })
    }
  }

  await visit('')
  return { paths: paths.sort(), unreadable }
}
