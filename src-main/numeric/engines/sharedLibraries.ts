import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a system's loader looks for shared libraries. */
export interface LibraryPlaces {
  readonly platform: NodeJS.Platform
  /** Searched before all others. */
  readonly folders: readonly string[]
  /** The loader's own index of all other folders; null where there is none. */
  readonly index: string | null
}

/** Those of this system and process. */
export function libraryPlaces(): LibraryPlaces {
  const { platform, env } = process
  const named = (env[platform === 'win32' ? 'PATH' : 'LD_LIBRARY_PATH'] ?? '').split(delimiter)
  const usual =
    platform === 'win32'
      ? [join(env['SystemRoot'] ?? 'C:\\Windows', 'System32')]
      : ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/lib', '/lib64', '/usr/local/cuda/lib64']
  const index = '/etc/ld.so.cache'
  return {
    platform,
    folders: [...named.filter((folder) => folder !== ''), ...usual],
    index: platform === 'linux' && existsSync(index) ? index : null,
  }
}

/** Those of the libraries that the loader will not find. @param files names such as `libcudnn.so.8` */
export function missingLibraries(
  files: readonly string[],
  { folders, index }: LibraryPlaces,
): readonly string[] {
  const known = index === null ? '' : readFileSync(index, 'latin1')
  return files.filter(
    (file) => !known.includes(file) && !folders.some((folder) => existsSync(join(folder, file))),
  )
}
