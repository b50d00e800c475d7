/**
 * A folder that is dropped on a page has no path that a server could open: the page sends its files
 * instead, and then opens the folder that they were put into.
 *
 * 1. `POST /upload` with the JSON `{"name": "birds"}` answers `{"id": …, "folder": …}`.
 * 2. `PUT /upload/<id>/<path>` for each file, its bytes as the body; `<path>` is relative to the
 *    dropped folder, each segment percent-encoded: `PUT /upload/3f…/tabby/cat%201.jpg`. Answers 204.
 *    Several at once are fine (about 4). A file that is sent again replaces the first.
 * 3. `openFolder({ folder })` over the socket.
 *
 * Refusals are JSON `{"code": …, "message": …}` with status 400, 404, 409, 413 or 507. Both requests
 * need the cookie and an `Origin`, which `fetch` from our own page sends by itself.
 */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** No photograph is larger; a video that lies among them is not worth the wait. */
const maxFileBytes = 256 * 2 ** 20
const maxDepth = 32

/** Why an upload was refused, as an HTTP status. */
export class UploadRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Makes an empty folder of the given name for files to come. */
export async function startUpload(
  uploadsFolder: string,
  name: string,
): Promise<{ readonly id: string; readonly folder: string }> {
  const id = randomBytes(8).toString('hex')
  const visible = safeName(name === '' ? 'Images' : name).replace(/^\.+/, '_')
  const folder = join(uploadsFolder, id, visible)
  await mkdir(folder, { recursive: true })
  await mkdir(partsFolder(uploadsFolder, id), { recursive: true })
  return { id, folder }
}

/**
 * Stores the body of a request as a file of an upload, whole or not at all.
 *
 * @param folder as {@link startUpload} gave it
 * @param path segments still percent-encoded, with slashes between
 */
export async function receiveFile(
  uploadsFolder: string,
  upload: { readonly id: string; readonly folder: string },
  path: string,
  body: IncomingMessage,
): Promise<void> {
  const target = join(upload.folder, ...segmentsOf(path))
  const declared = Number(body.headers['content-length'] ?? 0)
  if (declared > maxFileBytes) throw tooLarge(path)
  const draft = join(partsFolder(uploadsFolder, upload.id), randomBytes(8).toString('hex'))
  try {
    await pipeline(body, bounded(path), createWriteStream(draft, { flags: 'wx' }))
    await mkdir(dirname(target), { recursive: true })
    if ((await stat(target).catch(() => null))?.isDirectory())
      throw new UploadRefusal(409, `${path} is a folder already.`)
    await rename(draft, target)
  } catch (cause) {
    await rm(draft, { force: true })
    throw cause instanceof UploadRefusal ? cause : refusalOf(cause)
  }
}

function partsFolder(uploadsFolder: string, id: string): string {
  return join(uploadsFolder, id, '.parts')
}

function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/').map((segment) => {
    try {
      return safeName(decodeURIComponent(segment))
    } catch (cause) {
      throw cause instanceof UploadRefusal ? cause : notAPath(path)
    }
  })
  if (segments.length > maxDepth) throw notAPath(path)
  return segments
}

/** The name as every file system takes it. Refuses what could lead out of the folder. */
function safeName(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) throw notAPath(name)
  // Names that Windows cannot store, or that are devices there.
  const plain = name
    .replace(/[<>:"|?*\u0001-\u001f]/g, '_')
    .replace(/[. ]+$/, '_')
    .replace(/^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i, '_$1')
  if (Buffer.byteLength(plain) > 240) throw notAPath(name)
  return plain
}

function bounded(path: string): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.length
      if (size > maxFileBytes) done(tooLarge(path))
      else done(null, chunk)
    },
  })
}

function notAPath(path: string): UploadRefusal {
  return new UploadRefusal(400, `"${path.slice(0, 100)}" cannot be the name of a file here.`)
}

function tooLarge(path: string): UploadRefusal {
  return new UploadRefusal(
    413,
    `${path} is larger than ${maxFileBytes / 2 ** 20} MiB, the most that is taken.`,
  )
}

function refusalOf(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (code === 'ENOSPC') return new UploadRefusal(507, 'The disk is full.')
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new UploadRefusal(409, 'A part of the path is a file already.')
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return new UploadRefusal(400, 'The upload was broken off.')
  return cause
}
