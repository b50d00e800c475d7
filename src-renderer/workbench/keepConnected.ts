import type { WorkbenchApi } from '../../src-main/contract/api.ts'
import type { Channel } from '../../src-main/contract/peer.ts'
import { connectWorkbench } from '../../src-main/contract/rpc.ts'
import type { WorkbenchListener } from '../../src-main/contract/rpc.ts'

export interface ConnectionListener {
  readonly onEvent: WorkbenchListener
  readonly onReady: (api: WorkbenchApi) => void
  /** @param attempt 1 when the connection has just gone, or when the first one failed */
  readonly onLost: (attempt: number) => void
}

const firstDelayMs = 400
const longestDelayMs = 5_000

/**
 * Holds a connection to the workbench, and opens it again whenever it is lost: at once, then ever
 * more slowly. Returns its stop.
 */
export function keepConnected(
  open: () => Promise<Channel>,
  listener: ConnectionListener,
): () => void {
  let isStopped = false
  let attempt = 0
  let close = (): void => undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const connect = async (): Promise<void> => {
    try {
      const channel = await open()
      if (isStopped) {
        channel.close?.()
        return
      }
      const connection = connectWorkbench(channel, {
        onEvent: listener.onEvent,
        onClose: connectLater,
      })
      close = connection.close
      attempt = 0
      listener.onReady(connection.api)
    } catch {
      connectLater()
    }
  }

  function connectLater(): void {
    if (isStopped) return
    attempt++
    listener.onLost(attempt)
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1))
    timer = setTimeout(() => void connect(), delayMs)
  }

  void connect()
  return () => {
    isStopped = true
    clearTimeout(timer)
    close()
  }
}
