import type { Channel } from '../../../src-main/contract/peer.ts'

/** Two ends of a channel in memory: in order, asynchronous, closed on both sides at once. */
export function memoryChannels(): { readonly left: Channel; readonly right: Channel } {
  const closeListeners = new Set<() => void>()
  let isClosed = false
  const ends = [new Set<(frame: Uint8Array) => void>(), new Set<(frame: Uint8Array) => void>()]
  const close = (): void => {
    if (isClosed) return
    isClosed = true
    queueMicrotask(() => {
      for (const listener of [...closeListeners]) listener()
    })
  }
  const channelOf = (mine: number): Channel => ({
    post: (frame) => {
      queueMicrotask(() => {
        if (!isClosed) for (const listener of ends[1 - mine] ?? []) listener(frame)
      })
    },
    on: (listener) => {
      ends[mine]?.add(listener)
      return () => void ends[mine]?.delete(listener)
    },
    onClose: (listener) => {
      closeListeners.add(listener)
      return () => void closeListeners.delete(listener)
    },
    close,
  })
  return { left: channelOf(0), right: channelOf(1) }
}
