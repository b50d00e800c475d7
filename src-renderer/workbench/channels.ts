import type { Channel } from '../../src-main/contract/peer.ts'
import { bridge } from './bridge.ts'

/** The way to the workbench that this window has: a port of Electron's, or the page's own origin. */
export function openChannel(): Promise<Channel> {
  return bridge() === null ? openSocket(socketAddress()) : awaitPort()
}

function socketAddress(): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return `${scheme}//${location.host}/rpc`
}

/** Rejects when the host does not answer or refuses. */
function openSocket(address: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => resolve(socketChannel(socket)), { once: true })
    socket.addEventListener('close', () => reject(new Error('The workbench does not answer.')), {
      once: true,
    })
  })
}

function socketChannel(socket: WebSocket): Channel {
  return {
    post: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    },
    on: (listener) => {
      const handle = ({ data }: MessageEvent): void => {
        if (data instanceof ArrayBuffer) listener(new Uint8Array(data))
      }
      socket.addEventListener('message', handle)
      return () => socket.removeEventListener('message', handle)
    },
    onClose: (listener) => {
      socket.addEventListener('close', listener, { once: true })
      return () => socket.removeEventListener('close', listener)
    },
    close: () => socket.close(),
  }
}

/** The preload hands the port over in a message to the window, and does so again when asked. */
function awaitPort(): Promise<Channel> {
  return new Promise((resolve) => {
    const handle = ({ source, data, ports }: MessageEvent): void => {
      const [port] = ports
      if (source !== window || data !== 'antipode-port' || port === undefined) return
      window.removeEventListener('message', handle)
      resolve(portChannel(port))
    }
    window.addEventListener('message', handle)
    window.postMessage('antipode-port-wanted', location.origin)
  })
}

function portChannel(port: MessagePort): Channel {
  return {
    post: (frame) => port.postMessage(frame),
    on: (listener) => {
      const handle = ({ data }: MessageEvent): void => {
        if (data instanceof Uint8Array) listener(data)
      }
      port.addEventListener('message', handle)
      port.start()
      return () => port.removeEventListener('message', handle)
    },
    onClose: (listener) => {
      port.addEventListener('close', listener, { once: true })
      return () => port.removeEventListener('close', listener)
    },
    close: () => port.close(),
  }
}
