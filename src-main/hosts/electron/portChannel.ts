import type { MessagePortMain } from 'electron'
import type { Channel } from '../../contract/peer.ts'

/** A channel over the port that leads to a window. */
export function portChannel(port: MessagePortMain): Channel {
  let isOpen = true
  port.once('close', () => {
    isOpen = false
  })
  return {
    post: (frame) => {
      if (isOpen) port.postMessage(frame)
    },
    on: (listener) => {
      const read = ({ data }: { readonly data: unknown }): void => {
        if (data instanceof Uint8Array) listener(data)
      }
      port.on('message', read)
      port.start()
      return () => void port.off('message', read)
    },
    onClose: (listener) => {
      port.once('close', listener)
      return () => void port.off('close', listener)
    },
    close: () => port.close(),
  }
}
