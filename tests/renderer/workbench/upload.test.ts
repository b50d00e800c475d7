import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { uploadFiles } from '../../../src-renderer/workbench/upload.ts'
import type { UploadProgress } from '../../../src-renderer/workbench/upload.ts'

let server: Server
let received: Map<string, string>
const plainFetch = globalThis.fetch

beforeEach(async () => {
  received = new Map()
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      if (request.url?.includes('bad')) {
        response.writeHead(413).end(JSON.stringify({ code: 'bad-request', message: 'Too large.' }))
        return
      }
      received.set(`${request.method} ${request.url}`, body)
      response.end(
        request.method === 'POST' ? JSON.stringify({ id: 'a1', folder: '/up/birds' }) : '',
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  // A page's own addresses have no host; Node's fetch needs one.
  globalThis.fetch = (address, options) =>
    plainFetch(new URL(address as string, `http://127.0.0.1:${port}`), options)
})
afterEach(async () => {
  globalThis.fetch = plainFetch
  await new Promise((resolve) => server.close(resolve))
})

function dropped(...paths: string[]) {
  return { name: 'birds', files: paths.map((path) => ({ path, file: new File([path], path) })) }
}

function options(progress: UploadProgress[] = [], signal = new AbortController().signal) {
  let time = 0
  return {
    onProgress: (one: UploadProgress) => progress.push(one),
    signal,
    now: () => (time += 100),
  }
}

it('sends each file under its path and says how far it is', async () => {
  const progress: UploadProgress[] = []
  const paths = ['wren/1.jpg', 'wren/a b.jpg', 'tit/ü#.png', 'x.png', 'y.png', 'z.png']
  expect(await uploadFiles(dropped(...paths), options(progress))).toBe('/up/birds')
  expect(received.get('POST /upload')).toBe('{"name":"birds"}')
  expect(received.get('PUT /upload/a1/wren/a%20b.jpg')).toBe('wren/a b.jpg')
  expect(received.get('PUT /upload/a1/tit/%C3%BC%23.png')).toBe('tit/ü#.png')
  expect(received.size).toBe(7)
  expect(progress.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6])
  expect(progress.at(-1)).toMatchObject({ total: 6, secondsLeft: 0 })
})

it('tells the reason of the host when it refuses a file', async () => {
  await expect(uploadFiles(dropped('bad.jpg'), options())).rejects.toMatchObject({
    code: 'io',
    message: 'Too large.',
  })
})

it('is cancelled by its signal', async () => {
  const abort = new AbortController()
  abort.abort()
  await expect(uploadFiles(dropped('a.jpg'), options([], abort.signal))).rejects.toMatchObject({
    code: 'cancelled',
  })
})

it('refuses a folder without files', async () => {
  await expect(uploadFiles(dropped(), options())).rejects.toMatchObject({ code: 'bad-request' })
})
