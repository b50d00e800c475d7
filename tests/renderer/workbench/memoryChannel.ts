import type { Channel } from '../../../src-main/contract/peer.ts'

/** Two ends of a channel in memory; closing one closes both. */
export function memoryChannel(): readonly [Channel, Channel] {
  const listeners = [new Set<(frame: Uint8Array) => void>(), new Set<(frame: Uint8Array) => void>()]
  const closed = [new Set<() => void>(), new Set<() => void>()]
  let isOpen = true
  const end = (own: 0 | 1): Channel => ({
    post: (frame) => {
      queueMicrotask(() => {
        if (isOpen) for (const listener of [...(listeners[1 - own] ?? [])]) listener(frame)
      })
    },
    on: (listener) => {
      listeners[own]?.add(listener)
      return () => listeners[own]?.delete(listener)
    },
    onClose: (listener) => {
      closed[own]?.add(listener)
      return () => closed[own]?.delete(listener)
    },
    close: () => {
      if (!isOpen) return
      isOpen = false
      for (const set of closed) for (const listener of [...set]) listener()
    },
  })
  return [end(0), end(1)]
}
