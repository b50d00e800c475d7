import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { WorkbenchError } from '../../contract/errors.ts'
import { serveWorkbench } from '../../contract/rpc.ts'
import type { ServedWorkbench } from '../../contract/rpc.ts'
import { Gate } from './gate.ts'
import { answer } from './routes.ts'
import type { ServedMediaSource } from './routes.ts'
import { socketChannel } from './socketChannel.ts'

export interface WebHostOptions {
  readonly workbench: ServedWorkbench & ServedMediaSource
  /** The built renderer. */
  readonly rendererFolder: string
  readonly uploadsFolder: string
  /** 127.0.0.1 unless the person says otherwise. */
  readonly host?: string | undefined
  /** 0 for any that is free. */
  readonly port?: number | undefined
  /** Told of errors that are the program's own fault. */
  readonly log: (error: unknown) => void
}

export interface WebHost {
  /** Carries the key; whoever has it may use the workbench. */
  readonly url: string
  readonly port: number
  /** Callable twice. */
  readonly close: () => Promise<void>
}

/** More than any call of ours; pictures come by upload, not by the socket. */
const maxMessageBytes = 16 * 2 ** 20

/**
 * Serves a workbench to browsers, several at once. Throws `busy` when the port is taken and
 * `bad-request` when the address is not one of this machine.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { workbench, host = '127.0.0.1', port = 0, log } = options
  const server = createServer()
  await listen(server, host, port)
  const gate = new Gate(host, (server.address() as AddressInfo).port)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  })
  const stops = new Set<() => void>()

  server.on('request', (request, response) => {
    answer(request, response, { ...options, gate }).catch((error: unknown) => {
      log(error)
      response.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const refusal = refusalOf(request, gate)
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate())
      const stop = serveWorkbench(workbench, socketChannel(client), log)
      stops.add(stop)
      client.once('close', () => stops.delete(stop))
    })
  })

  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      for (const stop of stops) stop()
      for (const client of sockets.clients) client.terminate()
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closing
  }
  return { url: gate.url, port: (server.address() as AddressInfo).port, close }
}

function refusalOf(request: IncomingMessage, gate: Gate): string | null {
  if (request.url !== '/rpc') return '404 Not Found'
  if (!gate.hasGoodHost(request) || !gate.hasGoodOrigin(request, true)) return '403 Forbidden'
  return gate.hasSession(request) ? null : '401 Unauthorized'
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(cause, host, port)))
    server.listen(port, host, () => resolve())
  })
}

function listenError(cause: Error, host: string, port: number): WorkbenchError {
  const code = 'code' in cause ? cause.code : null
  if (code === 'EADDRINUSE')
    return new WorkbenchError(
      'busy',
      `Port ${port} is in use by another program. Choose another with --port, or leave it out for any free one.`,
      { cause },
    )
  if (code === 'EACCES')
    return new WorkbenchError(
      'bad-request',
      `Port ${port} needs administrator rights. Choose one above 1023 with --port.`,
      { cause },
    )
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new WorkbenchError('bad-request', `${host} is not an address of this machine.`, {
      cause,
    })
  return new WorkbenchError('io', `The web host cannot listen: ${cause.message}`, { cause })
}
