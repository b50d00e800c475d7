/** A file that a window may show or save, and how. */
export interface MediaFile {
  /** Absolute. */
  readonly path: string
  readonly contentType: string
  readonly cacheControl: string
  /** Name to save it under; null for what is shown. */
  readonly saveAs: string | null
}

/** What the media handler needs to know; all null while no project is open. */
export interface MediaSource {
  readonly thumbnailOf: (hash: string) => string | null
  readonly imageOf: (id: number) => string | null
  /** Folder of the run's last export. */
  readonly exportFolderOf: (run: string) => string | null
}

const contentTypes: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  csv: 'text/csv; charset=utf-8',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp',
}

/**
 * The file behind the path of a media address, the same under Electron's protocol and the web host:
 * `thumb/<hash>`, `image/<id>` or `export/<run>/<file>`. Null for anything else. No part of the path is
 * ever taken for a path on the disk except the name of an exported file, which is checked.
 *
 * @param path still percent-encoded, without a leading slash
 */
export function mediaFileOf(path: string, source: MediaSource): MediaFile | null {
  const [kind, first = '', ...rest] = path.split('/')
  if (kind === 'export') return exportedFile(first, rest, source)
  if (rest.length > 0) return null
  if (kind === 'thumb' && /^[0-9a-f]{16}$/.test(first)) {
    const file = source.thumbnailOf(first)
    // Its name is the hash of the image: it can never change.
    return file === null ? null : shown(file, 'private, max-age=31536000, immutable')
  }
  if (kind === 'image' && /^\d{1,10}$/.test(first)) {
    const file = source.imageOf(Number(first))
    return file === null ? null : shown(file, 'private, no-cache')
  }
  return null
}

function exportedFile(
  run: string,
  segments: readonly string[],
  source: MediaSource,
): MediaFile | null {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(run)) return null
  const folder = source.exportFolderOf(run)
  const names = segments.map((segment) => nameOf(segment))
  if (folder === null || names.length === 0 || names.includes(null)) return null
  const path = [folder, ...names].join('/')
  return {
    path,
    contentType: contentTypeOf(path),
    cacheControl: 'no-store',
    saveAs: names.at(-1) ?? null,
  }
}

/** A plain file name, or null: never empty, hidden, a separator, a drive or a way up. */
function nameOf(segment: string): string | null {
  try {
    const name = decodeURIComponent(segment)
    return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(name) ? name : null
  } catch {
    return null
  }
}

function shown(path: string, cacheControl: string): MediaFile {
  return { path, contentType: contentTypeOf(path), cacheControl, saveAs: null }
}

function contentTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  return contentTypes[extension] ?? 'application/octet-stream'
}
