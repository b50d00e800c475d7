import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  existsSync,
  readdirSync,
} from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connectWorkbench } from '../../../src-main/contract/rpc.ts'
import { socketChannel } from '../../../src-main/hosts/web/socketChannel.ts'
import { startWebHost } from '../../../src-main/hosts/web/server.ts'
import type { WebHost } from '../../../src-main/hosts/web/server.ts'
import { Workbench } from '../../../src-main/workbench/Workbench.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const scratch = mkdtempSync(join(tmpdir(), 'antipode-web-'))
const uploadsFolder = join(scratch, 'home', 'Antipode', 'uploads')
let workbench: Workbench
let host: WebHost
let cookie = ''

beforeAll(async () => {
  const rendererFolder = join(scratch, 'renderer')
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true })
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>Antipode</title>')
  writeFileSync(join(rendererFolder, 'assets', 'main-1a2b.js'), 'export {}')
  writeFileSync(join(scratch, 'secret.js'), 'secret')
  workbench = new Workbench({
    host: 'web',
    version: '0.0.0',
    home: join(scratch, 'home'),
    sampleFolder: join(scratch, 'sample'),
    startCompute: () => {
      throw new TypeError('nothing here computes')
    },
    now: () => new Date(0),
  })
  host = await startWebHost({ workbench, rendererFolder, uploadsFolder, log: () => undefined })
  const answer = await ask(new URL(host.url).pathname + new URL(host.url).search, { cookie: '' })
  cookie = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? ''
})

afterAll(async () => {
  await host.close()
  await workbench.dispose()
  rmSync(scratch, { recursive: true, force: true })
})

describe('the gate', () => {
  test('the printed address gives a strict cookie and leads to the page without the key', async () => {
    const { pathname, search } = new URL(host.url)
    const answer = await ask(pathname + search, { cookie: '' })
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
  })

  test('after a link of another site the page goes on by itself, so that the cookie comes along', async () => {
    const { pathname, search } = new URL(host.url)
    const answer = await ask(pathname + search, {
      cookie: '',
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(answer).toMatchObject({ status: 200, headers: { refresh: '0; url=/' } })
  })

  test.each(['/', '/assets/main-1a2b.js', '/media/image/1', '/upload', '/?key=wrong'])(
    'without the cookie %s is refused in words',
    async (path) => {
      const answer = await ask(path, { cookie: '' })
      expect(answer.status).toBe(401)
      expect(answer.body).toMatch(/address that Antipode printed/)
    },
  )

  test('a wrong cookie is refused', async () => {
    const wrong = cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    expect((await ask('/', { cookie: wrong })).status).toBe(401)
  })

  test.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1:1',
    '',
  ])('the host name "%s" is refused, also with the cookie', async (name) => {
    const answer = await ask('/', { headers: { host: name.replace('PORT', String(host.port)) } })
    expect(answer.status).toBe(403)
  })

  test('localhost is this machine too', async () => {
    expect((await ask('/', { headers: { host: `localhost:${host.port}` } })).status).toBe(200)
  })

  test('requests that another site sends are refused', async () => {
    const evil = { origin: 'https://evil.example' }
    expect((await ask('/', { headers: evil })).status).toBe(403)
    expect((await ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await ask('/upload', { method: 'POST', headers: evil })).status).toBe(403)
    expect((await ask('/upload', { method: 'POST' })).status).toBe(403)
    expect(existsSync(uploadsFolder)).toBe(false)
  })

  test('every answer is hardened', async () => {
    for (const answer of [await ask('/'), await ask('/nothing'), await ask('/', { cookie: '' })]) {
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      const policy = String(answer.headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${host.port}`)
      expect(policy).not.toContain('unsafe')
    }
  })
})

describe('the socket', () => {
  const good = () => ({ cookie, origin: `http://127.0.0.1:${host.port}` })

  test('a window says hello over it, and several can be open', async () => {
    const sockets = await Promise.all([open(good()), open(good())])
    const hellos = await Promise.all(
      sockets.map((socket) =>
        connectWorkbench(socketChannel(socket), { onEvent: () => undefined }).api.hello(),
      ),
    )
    expect(hellos.map(({ host: kind }) => kind)).toEqual(['web', 'web'])
    for (const socket of sockets) socket.close()
  })

  test.each([
    ['no cookie', () => ({ origin: good().origin }), 401],
    ['no origin', () => ({ cookie }), 403],
    ['another origin', () => ({ cookie, origin: 'http://evil.example' }), 403],
    ['a null origin', () => ({ cookie, origin: 'null' }), 403],
    ['another host name', () => ({ ...good(), host: 'evil.example' }), 403],
  ] as const)('%s is refused', async (_, headers, status) => {
    await expect(open(headers())).rejects.toThrow(String(status))
  })

  test('what is no message closes the socket', async () => {
    for (const nonsense of ['hello', new Uint8Array([1, 2, 3])]) {
      const socket = await open(good())
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.send(nonsense)
      await closed
    }
  })
})

describe('files', () => {
  test('the page is fresh, its parts are kept forever', async () => {
    expect(await ask('/')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    })
    expect((await ask('/assets/main-1a2b.js')).headers['cache-control']).toContain('immutable')
  })

  test.each([
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/assets/..%5c..%5csecret.js',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.js',
    '//secret.js',
    '/assets',
    '/%00',
    '/%',
    '/media/image/../../../secret.js',
    '/media/image/%2e%2e',
    '/media/thumb/..%2f..%2fsecret.js',
    '/media/export/2026-01-01-1/..%2fsecret.js',
    '/media/export/..%2f..%2f/secret.js',
    '/media/secret.js',
  ])('%s leads nowhere', async (path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain('secret')
  })

  test('nothing can be written where things are read', async () => {
    const headers = { origin: `http://127.0.0.1:${host.port}` }
    expect((await ask('/index.html', { method: 'PUT', headers })).status).toBe(405)
    expect((await ask('/', { method: 'DELETE', headers })).status).toBe(405)
  })

  test('an address that is none does not end the server', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(host.port, '127.0.0.1', () => {
        socket.end(`GET http://[ HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\n\r\n`)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.resume()
    })
    expect((await ask('/')).status).toBe(200)
  })
})

describe('uploads', () => {
  const own = () => ({ origin: `http://127.0.0.1:${host.port}` })
  const start = async (body: string): Promise<Answer> =>
    ask('/upload', { method: 'POST', headers: own(), body })

  test('a folder arrives file by file, under names that every system takes', async () => {
    const answer = await start('{"name":"birds"}')
    expect(answer.status).toBe(201)
    const { id, folder } = JSON.parse(answer.body) as { id: string; folder: string }
    expect(folder).toBe(join(uploadsFolder, id, 'birds'))
    const put = (path: string, body: string) =>
      ask(`/upload/${id}/${path}`, { method: 'PUT', headers: own(), body })
    expect((await put('wren/one%20two.png', 'picture')).status).toBe(204)
    expect((await put('wren/one%20two.png', 'newer')).status).toBe(204)
    expect((await put('odd/a%3Ab%3F.png', 'x')).status).toBe(204)
    expect(readFileSync(join(folder, 'wren', 'one two.png'), 'utf8')).toBe('newer')
    expect(readdirSync(join(folder, 'odd'))).toEqual(['a_b_.png'])
    expect(readdirSync(join(uploadsFolder, id, '.parts'))).toEqual([])
  })

  test.each([
    '..%2f..%2fevil.png',
    'a/..%2fevil.png',
    '%2e%2e/evil.png',
    'a//b.png',
    'a/%00.png',
    '..%5cevil.png',
    `${'d/'.repeat(40)}x.png`,
    `${'n'.repeat(300)}.png`,
  ])('the path %s is refused', async (path) => {
    const { id } = JSON.parse((await start('{"name":"traps"}')).body) as { id: string }
    const answer = await ask(`/upload/${id}/${path}`, { method: 'PUT', headers: own(), body: 'x' })
    expect([400, 404, 405]).toContain(answer.status)
    const files = readdirSync(scratch, { recursive: true }).map(String)
    expect(files.filter((name) => name.includes('evil'))).toEqual([])
  })

  test('folder names that lead elsewhere, unknown uploads and odd bodies are refused', async () => {
    expect((await start('{"name":"../evil"}')).status).toBe(400)
    expect((await start('{"name":7}')).status).toBe(400)
    expect((await start('not json')).status).toBe(400)
    expect((await start('x'.repeat(10_000))).status).toBe(413)
    const unknown = `/upload/${'0'.repeat(16)}/a.png`
    expect((await ask(unknown, { method: 'PUT', headers: own(), body: 'x' })).status).toBe(404)
  })

  test('a giant file is refused before it is read', async () => {
    const { id } = JSON.parse((await start('{"name":"giants"}')).body) as { id: string }
    const answer = await ask(`/upload/${id}/giant.png`, {
      method: 'PUT',
      headers: { ...own(), 'content-length': String(2 ** 40) },
    })
    expect(answer.status).toBe(413)
  })

  test('a file that breaks off leaves nothing', async () => {
    const answer = await start('{"name":"broken"}')
    const { id, folder } = JSON.parse(answer.body) as { id: string; folder: string }
    await new Promise<void>((resolve) => {
      const request = httpRequest(
        { port: host.port, path: `/upload/${id}/half.png`, method: 'PUT' },
        () => undefined,
      )
      request.setHeader('cookie', cookie)
      request.setHeader('origin', own().origin)
      request.setHeader('content-length', '1000000')
      request.on('error', () => undefined)
      request.on('close', () => resolve())
      request.write('half')
      setTimeout(() => request.destroy(), 50)
    })
    await expect.poll(() => readdirSync(join(uploadsFolder, id, '.parts'))).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })
})

test('a port that is in use is named, with the way out', async () => {
  const options = { workbench, rendererFolder: scratch, uploadsFolder, log: () => undefined }
  await expect(startWebHost({ ...options, port: host.port })).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringMatching(new RegExp(`^Port ${host.port} is in use .* --port`)) as string,
  })
})

function ask(
  path: string,
  options: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly cookie?: string
    readonly body?: string
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options
    const request = httpRequest(
      { host: '127.0.0.1', port: host.port, path, method, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        )
      },
    )
    const sent = options.cookie ?? cookie
    if (sent !== '') request.setHeader('cookie', sent)
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value)
    request.on('error', reject)
    if (headers['content-length'] !== undefined) request.flushHeaders()
    else request.end(body)
  })
}

function open(headers: Readonly<Record<string, string>>): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers })
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}
