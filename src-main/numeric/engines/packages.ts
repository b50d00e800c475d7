import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** Folder of an installed package, or null. */
export function packageFolder(name: string): string | null {
  const require = createRequire(import.meta.url)
  for (const folder of require.resolve.paths(name) ?? []) {
    const manifest = manifestIn(`${folder}/${name}`)
    if (manifest) return dirname(manifest)
  }
  return null

  function manifestIn(folder: string): string | null {
    try {
      return require.resolve(`${folder}/package.json`)
    } catch {
      return null
    }
  }
}

/** Version of an installed package, or null. */
export function packageVersion(name: string): string | null {
  const folder = packageFolder(name)
  if (folder === null) return null
  const manifest: unknown = createRequire(import.meta.url)(`${folder}/package.json`)
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return hasVersion && typeof manifest.version === 'string' ? manifest.version : null
}

/** First line of what an error says, without the full stop. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message.split('\n')[0] ?? '').replace(/[\s.]+$/, '')
}
