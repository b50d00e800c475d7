import type { WebSocket } from 'ws'
import type { Channel } from '../../contract/peer.ts'

/** A channel over a WebSocket; only binary messages count, and text closes it. */
export function socketChannel(socket: WebSocket): Channel {
  return {
    post: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(frame)
    },
    on: (listener) => {
      const read = (data: unknown, isBinary: boolean): void => {
        if (isBinary && data instanceof Uint8Array) listener(data)
        else socket.close(1003, 'binary messages only')
      }
      socket.on('message', read)
      return () => void socket.off('message', read)
    },
    onClose: (listener) => {
      socket.once('close', listener)
      return () => void socket.off('close', listener)
    },
    close: () => socket.close(1000),
  }
}
