import { workbenchMethods } from './api.ts'
import type { WorkbenchApi, WorkbenchEvents } from './api.ts'
import { WorkbenchError } from './errors.ts'
import { LatestWins } from './latestWins.ts'
import { openPeer } from './peer.ts'
import type { Channel, Handler } from './peer.ts'
import { parseArgument } from './schemas.ts'
import type { SphereFrame } from './sphere.ts'

/** Name and value of an event; a `switch` over the name narrows the value. */
export type WorkbenchMessage = {
  [Name in keyof WorkbenchEvents]: [name: Name, event: WorkbenchEvents[Name]]
}[keyof WorkbenchEvents]

/** A sphere frame counts as taken when the promise that comes back for it resolves. */
export type WorkbenchListener = (...message: WorkbenchMessage) => unknown

/** The far side of a channel: what hosts serve and windows connect to. */
export interface ServedWorkbench extends WorkbenchApi {
  /** Returns its stop. */
  readonly listen: (listener: WorkbenchListener) => () => void
}

/** Complete by the compiler, like the methods. */
const eventNames = Object.keys({
  scan: true,
  folderChanges: true,
  project: true,
  library: true,
  labelExport: true,
  quality: true,
  run: true,
  series: true,
  engines: true,
  picture: true,
  sphere: true,
} satisfies Record<keyof WorkbenchEvents, true>) as readonly (keyof WorkbenchEvents)[]

/**
 * The workbench at the other end of a channel.
 *
 * The host sends one sphere frame at a time and waits until `onEvent` has returned, or the promise
 * that it returned has resolved: a window that draws first and then resolves is never flooded.
 * When the connection is lost, calls under way are rejected and `onClose` is called once.
 */
export function connectWorkbench(
  channel: Channel,
  options: { readonly onEvent: WorkbenchListener; readonly onClose?: (() => void) | undefined },
): { readonly api: WorkbenchApi; readonly close: () => void } {
  const handlers = new Map<string, Handler>(
    eventNames.map((name) => [
      name,
      (event) =>
        Promise.resolve(options.onEvent(...([name, event] as WorkbenchMessage))).then(noAnswer),
    ]),
  )
  const peer = openPeer(channel, handlers, {
    lost: () =>
      new WorkbenchError(
        'internal',
        'The connection to the workbench was lost. Load the page again.',
      ),
    onClose: options.onClose,
  })
  const methods = workbenchMethods.map((method) => [
    method,
    (argument?: unknown) => peer.call(method, argument),
  ])
  return { api: Object.fromEntries(methods) as WorkbenchApi, close: peer.close }
}

/**
 * Serves a workbench over a channel until it closes or the returned stop is called. The other end
 * may be anyone: only methods of {@link WorkbenchApi} can be called, with arguments that fit their
 * schema.
 *
 * @param onInternalError told of errors that are the program's own fault; for the host's log
 */
export function serveWorkbench(
  workbench: ServedWorkbench,
  channel: Channel,
  onInternalError?: (error: unknown) => void,
): () => void {
  const handlers = new Map<string, Handler>(
    workbenchMethods.map((method) => [
      method,
      (argument) => {
        const call = workbench[method] as (argument: unknown) => Promise<unknown>
        return call.call(workbench, parseArgument(method, argument))
      },
    ]),
  )
  const peer = openPeer(channel, handlers, { onInternalError, onClose: stop })
  const frames = new LatestWins<SphereFrame>((frame) => peer.call('sphere', frame))
  const stopListening = workbench.listen((name, event) => {
    if (name === 'sphere') frames.offer(event)
    else peer.notify(name, event)
  })

  function stop(): void {
    stopListening()
    frames.dispose()
    peer.close()
  }
  return stop
}

function noAnswer(): undefined {
  return undefined
}
