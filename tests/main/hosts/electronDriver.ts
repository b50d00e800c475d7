/**
 * `node electronDriver.ts BUILT_MAIN FOLDER`: runs the built desktop host on the stub of Electron, asks
 * it what a window would ask, and prints what came back as JSON.
 */
import { registerHooks } from 'node:module'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Channel } from '../../../src-main/contract/peer.ts'
import { connectWorkbench } from '../../../src-main/contract/rpc.ts'
import type { ProjectInfo } from '../../../src-main/contract/project.ts'
import type { MessageChannelMain } from './electronStub.ts'
import { app, guarded, ipcMain, seen } from './electronStub.ts'

const [built = '', folder = ''] = process.argv.slice(2)
const stub = new URL('./electronStub.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: stub, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})

await import(pathToFileURL(built).href)
await new Promise((resolve) => setTimeout(resolve, 50))

type Port = InstanceType<typeof MessageChannelMain>['port2']
const ports: Port[] = []
const ask = (url: string): void => {
  const postMessage = (_: string, __: unknown, [port]: Port[]) => void (port && ports.push(port))
  ipcMain.emit('antipode-port-wanted', { senderFrame: { url, postMessage } })
}
ask('https://evil.example/')
ask('app://antipode.evil.example/')
const portsForOthers = ports.length
ask('app://antipode/index.html')
const [port] = ports
if (!port) throw new Error('no port came')

let scanned: (info: ProjectInfo) => void = () => undefined
const scanEnd = new Promise<ProjectInfo>((resolve) => (scanned = resolve))
const { api } = connectWorkbench(channelOf(port), {
  onEvent: (name, event) => {
    if (name === 'scan' && event.kind === 'ended') scanned(event.project)
  },
})
const hello = await api.hello()
await api.openFolder({ folder })
const project = await scanEnd
const { hashes, ids } = await api.images()

const get = async (url: string) => {
  const response = await seen.protocols.get(new URL(url).protocol.slice(0, -1))?.({ url })
  const bytes = (await response?.arrayBuffer())?.byteLength ?? 0
  return {
    status: response?.status,
    type: response?.headers.get('content-type'),
    policy: response?.headers.get('content-security-policy'),
    bytes,
  }
}
const revealed = await api.revealImage({ image: ids[0] ?? 0 })
const answers = {
  thumbnail: await get(`media://thumb/${hashes[0] ?? ''}`),
  thumbnails: await get(`media://thumbs/${hashes[0] ?? ''}${hashes[1] ?? ''}`),
  image: await get(`media://image/${ids[0] ?? 0}`),
  refused: await Promise.all(
    [
      'media://image/99999',
      'media://thumb/..%2f..%2fproject.db',
      'app://antipode/..%2f..%2fpackage.json',
      'app://antipode/../../package.json',
      'app://elsewhere/index.html',
    ].map(async (url) => (await get(url)).status),
  ),
}
const cancelled = ['https://example.com/', 'http://127.0.0.1/', 'file:///etc/passwd'].map((url) => {
  let answer: unknown = null
  seen.requests[0]?.({ url }, (given) => (answer = given))
  return answer
})

const exits = new Promise((resolve) => app.once('stub-exit', resolve))
app.quit()
const exitCode = await exits
process.stdout.write(
  JSON.stringify({
    portsForOthers,
    hello: { host: hello.host, version: hello.version },
    project,
    window: seen.windows[0],
    loaded: seen.loaded,
    popup: guarded.opened?.({ url: 'https://example.com' }),
    permissions: seen.permissions.length,
    answers,
    revealed: [revealed.isShown, ...seen.revealed.map((path) => basename(path))],
    cancelled,
    exitCode,
  }),
)
process.exit(0)

function channelOf(end: Port): Channel {
  return {
    post: (frame) => end.postMessage(frame),
    on: (listener) => {
      const read = ({ data }: { data: Uint8Array }): void => listener(data)
      end.on('message', read)
      return () => void end.off('message', read)
    },
  }
}
