import { stat, readdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { receiveFile, startUpload, UploadRefusal } from './upload.ts'

/** `POST /upload` and `PUT /upload/<id>/<path>`; see `upload.ts`. */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  uploadsFolder: string,
): Promise<void> {
  try {
    if (request.method === 'POST' && pathname === '/upload') {
      const upload = await startUpload(uploadsFolder, await nameIn(request))
      sendJson(response, 201, upload)
      return
    }
    const [, id = '', path = ''] = /^\/upload\/([^/]+)\/(.+)$/.exec(pathname) ?? []
    if (request.method !== 'PUT' || id === '')
      throw new UploadRefusal(405, 'An upload is a POST to /upload and a PUT for each file.')
    const folder = await folderOf(uploadsFolder, id)
    await receiveFile(uploadsFolder, { id, folder }, path, request)
    response.writeHead(204).end()
  } catch (error) {
    if (!(error instanceof UploadRefusal)) throw error
    // What is left of the body is not worth reading.
    response.setHeader('Connection', 'close')
    sendJson(response, error.status, { code: 'bad-request', message: error.message })
    request.resume()
  }
}

async function folderOf(uploadsFolder: string, id: string): Promise<string> {
  if (!/^[0-9a-f]{16}$/.test(id)) throw unknownUpload(id)
  const names = await readdir(join(uploadsFolder, id)).catch(() => [])
  const name = names.find((entry) => entry !== '.parts')
  if (name === undefined) throw unknownUpload(id)
  const folder = join(uploadsFolder, id, name)
  if (!(await stat(folder)).isDirectory()) throw unknownUpload(id)
  return folder
}

function unknownUpload(id: string): UploadRefusal {
  return new UploadRefusal(
    404,
    `There is no upload ${id.slice(0, 20)}; start one with POST /upload.`,
  )
}

async function nameIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > 4096) throw new UploadRefusal(413, 'The name of the folder is too long.')
    chunks.push(chunk)
  }
  if (size === 0) return ''
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (typeof body === 'object' && body !== null && 'name' in body)
      if (typeof body.name === 'string') return body.name
  } catch {
    // Not JSON: refused below, like JSON of another shape.
  }
  throw new UploadRefusal(400, 'The body must be JSON with the name of the folder.')
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
