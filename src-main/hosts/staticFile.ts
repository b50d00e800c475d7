import { stat } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'

/** A file to answer a request with. */
export interface StaticFile {
  readonly path: string
  readonly sizeBytes: number
  readonly contentType: string
  readonly cacheControl: string
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/**
 * The file of the built renderer that a URL's path names; `/` is `index.html`. Null for anything
 * that is not a regular file inside the folder.
 *
 * @param urlPath still percent-encoded
 */
export async function staticFileOf(folder: string, urlPath: string): Promise<StaticFile | null> {
  const name = decoded(urlPath)
  if (name === null || name.includes('\0') || name.includes('\\')) return null
  const root = resolve(folder)
  const path = resolve(join(root, name === '/' ? 'index.html' : name))
  if (!path.startsWith(root + sep)) return null
  const contentType = contentTypes[extname(path).toLowerCase()]
  if (contentType === undefined) return null
  const info = await stat(path).catch(() => null)
  if (!info?.isFile()) return null
  // The builder puts a hash of the content into the names of all but the page itself.
  const isForever = path.startsWith(join(root, 'assets') + sep)
  return {
    path,
    sizeBytes: info.size,
    contentType,
    cacheControl: isForever ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}

function decoded(urlPath: string): string | null {
  try {
    return decodeURIComponent(urlPath)
  } catch {
    return null
  }
}
