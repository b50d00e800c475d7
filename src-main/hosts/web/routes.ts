import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { MediaFile } from '../../workbench/media.ts'
import { packContentType } from '../../workbench/mediaPack.ts'
import { contentSecurityPolicy, inertContentPolicy } from '../contentSecurity.ts'
import { staticFileOf } from '../staticFile.ts'
import type { StaticFile } from '../staticFile.ts'
import type { Gate } from './gate.ts'
import { answerUpload } from './uploadRoutes.ts'

/** What a workbench offers of pictures. */
export interface ServedMediaSource {
  readonly media: (path: string) => MediaFile | null
  readonly mediaPack: (path: string) => Promise<Uint8Array> | null
}

export interface RouteOptions {
  readonly gate: Gate
  readonly workbench: ServedMediaSource
  readonly rendererFolder: string
  readonly uploadsFolder: string
}

/** Answers one request: the key, an upload, a picture or a file of the renderer. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: RouteOptions,
): Promise<void> {
  const { gate } = options
  harden(request, response)
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  if (!gate.hasGoodHost(request)) return refuse(response, 403, 'This address is not served here.')
  // Put together, so that `//elsewhere/` stays a path.
  const url = URL.parse(`http://host${request.url ?? '/'}`)
  if (url === null) return refuse(response, 400, 'This is not an address.')
  const { pathname, searchParams } = url
  const key = searchParams.get('key')
  if (isReading && pathname === '/' && key !== null) return openGate(request, response, gate, key)
  if (!gate.hasSession(request))
    return refuse(
      response,
      401,
      'Open the address that Antipode printed when it started: it carries the key.',
    )
  if (!gate.hasGoodOrigin(request, !isReading))
    return refuse(response, 403, 'Requests of other sites are not answered.')
  if (pathname === '/upload' || pathname.startsWith('/upload/'))
    return answerUpload(request, response, pathname, options.uploadsFolder)
  if (!isReading) return refuse(response, 405, 'There is nothing here to change.')
  const mediaPath = pathname.startsWith('/media/') ? pathname.slice('/media/'.length) : null
  const pack = mediaPath === null ? null : await options.workbench.mediaPack(mediaPath)
  if (pack !== null) {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Content-Type', packContentType)
    response.end(request.method === 'HEAD' ? undefined : pack)
    return
  }
  const file =
    mediaPath !== null
      ? await mediaOf(mediaPath, options)
      : await staticFileOf(options.rendererFolder, pathname)
  if (file === null) return refuse(response, 404, 'There is nothing here.')
  response.setHeader('Cache-Control', file.cacheControl)
  response.setHeader('Content-Type', file.contentType)
  response.setHeader('Content-Length', file.sizeBytes)
  if (isMedia(file)) {
    response.setHeader('Content-Security-Policy', inertContentPolicy)
    if (file.saveAs !== null)
      response.setHeader('Content-Disposition', `attachment; filename="${file.saveAs}"`)
  }
  await send(request, response, file.path)
}

/** Headers that every answer has. */
function harden(request: IncomingMessage, response: ServerResponse): void {
  const host = request.headers.host ?? ''
  // The host was not checked yet, and must not smuggle a directive in.
  const socket = /^[\w.:[\]-]+$/.test(host) ? `ws://${host}` : undefined
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(socket))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
}

function openGate(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
  key: string,
): void {
  if (!gate.isOpenedBy(key))
    return refuse(
      response,
      401,
      'This key is not valid any more. Open the address that Antipode printed last.',
    )
  response.setHeader('Set-Cookie', gate.cookie)
  response.setHeader('Cache-Control', 'no-store')
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    // After a link on another site, a strict cookie would not go along with the redirect.
    response.setHeader('Refresh', '0; url=/')
    response.end()
    return
  }
  response.writeHead(303, { Location: '/' }).end()
}

type ServedMedia = MediaFile & { readonly sizeBytes: number }

function isMedia(file: StaticFile | ServedMedia): file is ServedMedia {
  return 'saveAs' in file
}

async function mediaOf(path: string, { workbench }: RouteOptions): Promise<ServedMedia | null> {
  const file = workbench.media(path)
  if (file === null) return null
  const info = await stat(file.path).catch(() => null)
  return info?.isFile() ? { ...file, sizeBytes: info.size } : null
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  try {
    await pipeline(createReadStream(path), response)
  } catch (error) {
    // A browser that has scrolled on breaks off; that is no fault of ours.
    if (!(error instanceof Error && 'code' in error && isBrokenOff(error.code))) throw error
  }
}

function isBrokenOff(code: unknown): boolean {
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE'
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`)
}
