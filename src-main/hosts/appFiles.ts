import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where the parts of the program lie, whether it runs from source, from `out/` or packaged. */
export interface AppFiles {
  readonly version: string
  /** The built renderer. */
  readonly rendererFolder: string
  readonly sampleFolder: string
}

/** Looks upwards from this file to the folder of package.json. */
export function findAppFiles(): AppFiles {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'package.json'))) {
    if (dirname(root) === root) throw new TypeError('the program has no package.json')
    root = dirname(root)
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  return {
    version: manifest.version,
    rendererFolder: join(root, 'out', 'renderer'),
    sampleFolder: unpacked(join(root, 'resources', 'sample', 'emoji')),
  }
}

/** The person's home; `ANTIPODE_HOME` puts projects, uploads and the list of them elsewhere. */
export function homeFolder(): string {
  return process.env['ANTIPODE_HOME'] ?? homedir()
}

/** Other programs, such as the compute process, cannot see into Electron's archive. */
export function unpacked(path: string): string {
  return path.replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked')
}
