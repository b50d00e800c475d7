import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { protocol } from 'electron'
import type { MediaFile } from '../../workbench/media.ts'
import { packContentType } from '../../workbench/mediaPack.ts'
import { contentSecurityPolicy, inertContentPolicy } from '../contentSecurity.ts'
import { staticFileOf } from '../staticFile.ts'

/** The one origin that our windows have. */
export const appOrigin = 'app://antipode'

/** Must be called before Electron is ready. */
export function declareProtocols(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    {
      scheme: 'media',
      privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true },
    },
  ])
}

/** `app://antipode/…` is the built renderer; `media://thumb/<hash>` and its like are pictures. */
export function serveProtocols(
  rendererFolder: string,
  workbench: {
    readonly media: (path: string) => MediaFile | null
    readonly mediaPack: (path: string) => Promise<Uint8Array> | null
  },
): void {
  protocol.handle('app', async ({ url }) => {
    const { origin, host, pathname } = new URL(url)
    const isOurs = origin === appOrigin || host === 'antipode'
    const file = isOurs ? await staticFileOf(rendererFolder, pathname) : null
    if (file === null) return notFound()
    return respond(file.path, {
      'Content-Type': file.contentType,
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': contentSecurityPolicy(),
    })
  })
  protocol.handle('media', async ({ url }) => {
    const { host, pathname } = new URL(url)
    const path = `${host}${pathname}`
    const pack = await workbench.mediaPack(path)
    if (pack !== null)
      return new Response(Buffer.from(pack), {
        headers: {
          'Content-Type': packContentType,
          'Cache-Control': 'no-store',
          'Access-Control-Allow-Origin': appOrigin,
        },
      })
    const file = workbench.media(path)
    if (file === null || !(await stat(file.path).catch(() => null))?.isFile()) return notFound()
    return respond(file.path, {
      'Content-Type': file.contentType,
      'Cache-Control': file.cacheControl,
      'Content-Security-Policy': inertContentPolicy,
      // The sphere draws thumbnails into textures, which must not be foreign.
      'Access-Control-Allow-Origin': appOrigin,
    })
  })
}

function respond(path: string, headers: Readonly<Record<string, string>>): Response {
  const body = Readable.toWeb(createReadStream(path)) as unknown as ConstructorParameters<
    typeof Response
  >[0]
  return new Response(body, { headers: { ...headers, 'X-Content-Type-Options': 'nosniff' } })
}

function notFound(): Response {
  return new Response('There is nothing here.', { status: 404 })
}
