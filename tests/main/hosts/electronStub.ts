/**
 * The part of Electron that the desktop host uses, for a plain Node: events are events, ports are
 * ports, and what is only drawn is written down.
 */
import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'

type Answerer = (request: { readonly url: string }) => Promise<Response>

/** What the host did, for the driver to look at. */
export const seen = {
  windows: [] as Record<string, unknown>[],
  loaded: [] as string[],
  revealed: [] as string[],
  protocols: new Map<string, Answerer>(),
  schemes: [] as unknown[],
  permissions: [] as ((...args: unknown[]) => unknown)[],
  requests: [] as ((details: { url: string }, answer: (a: unknown) => void) => void)[],
}

class App extends EventEmitter {
  readonly isPackaged = false
  readonly exits: number[] = []
  setName(): void {}
  requestSingleInstanceLock(): boolean {
    return true
  }
  whenReady(): Promise<void> {
    return Promise.resolve()
  }
  getPath(): string {
    return process.env['ANTIPODE_HOME'] ?? ''
  }
  quit(): void {
    let isPrevented = false
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) })
    if (!isPrevented) this.exit(0)
  }
  exit(code: number): void {
    this.exits.push(code)
    this.emit('stub-exit', code)
  }
}

export const app = new App()
export const ipcMain = new EventEmitter()

export class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return []
  }
  readonly webContents = new EventEmitter()
  constructor(options: Record<string, unknown>) {
    super()
    seen.windows.push(options)
    app.emit('web-contents-created', {}, Object.assign(this.webContents, guarded))
  }
  loadURL(url: string): Promise<void> {
    seen.loaded.push(url)
    return Promise.resolve()
  }
  show(): void {}
  maximize(): void {}
}

/** What the guards set on each window's contents. */
export const guarded: {
  opened: ((details: { url: string }) => { action: string }) | null
  setWindowOpenHandler: (handler: (details: { url: string }) => { action: string }) => void
} = {
  opened: null,
  setWindowOpenHandler: (handler) => {
    guarded.opened = handler
  },
}

/** A port whose `message` events carry `data`, as those of Electron's main process do. */
class PortMain extends EventEmitter {
  private readonly port: MessagePort
  constructor(port: MessagePort) {
    super()
    this.port = port
    port.on('message', (data: unknown) => this.emit('message', { data }))
    port.on('close', () => this.emit('close'))
  }
  postMessage(data: unknown): void {
    this.port.postMessage(data)
  }
  start(): void {}
  close(): void {
    this.port.close()
  }
}

export class MessageChannelMain {
  readonly port1: PortMain
  readonly port2: PortMain
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new PortMain(port1)
    this.port2 = new PortMain(port2)
  }
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]) => void seen.schemes.push(...schemes),
  handle: (scheme: string, answerer: Answerer) => void seen.protocols.set(scheme, answerer),
}

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: (...args: unknown[]) => unknown) =>
      void seen.permissions.push(handler),
    setPermissionCheckHandler: (handler: (...args: unknown[]) => unknown) =>
      void seen.permissions.push(handler),
    webRequest: {
      onBeforeRequest: (handler: (typeof seen.requests)[number]) =>
        void seen.requests.push(handler),
    },
  },
}

export const dialog = {
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
}
export const shell = {
  openExternal: () => Promise.resolve(),
  showItemInFolder: (path: string) => void seen.revealed.push(path),
}
export const screen = { getAllDisplays: () => [] }
export const Menu = { buildFromTemplate: () => ({}), setApplicationMenu: () => undefined }
