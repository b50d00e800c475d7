import type { ComputeApi } from '../../contract/compute.ts'
import type { WorkbenchError } from '../../contract/errors.ts'
import { LatestWins } from '../../contract/latestWins.ts'
import { openPeer } from '../../contract/peer.ts'
import type { Channel, Handler } from '../../contract/peer.ts'
import type { SphereFrame } from '../../contract/sphere.ts'
import type { ComputeListener } from '../../workbench/compute.ts'

const methods = Object.keys({
  probeEngine: true,
  measureEngine: true,
  scan: true,
  cancelScan: true,
  pictureFacts: true,
  looks: true,
  cancelLooks: true,
  train: true,
  command: true,
  exportRun: true,
  lossPicture: true,
  sphere: true,
  turn: true,
  distortion: true,
  clusters: true,
  splitCluster: true,
  joinCluster: true,
  labelPrototypes: true,
  imageMeasure: true,
  forces: true,
  cancelPictures: true,
  neighbours: true,
  runDeltas: true,
  suspects: true,
  pairHistory: true,
  groupHistory: true,
  verdictEffect: true,
  suspectQuality: true,
  audit: true,
  laboratory: true,
  temperatureCurve: true,
  labelErrors: true,
} satisfies Record<keyof ComputeApi, true>) as readonly (keyof ComputeApi)[]

/**
 * The host's end.
 *
 * @param options.lost the error of calls that are under way when the channel closes
 * @param options.log told of errors that are the program's own fault, with where they came from
 */
export function connectCompute(
  channel: Channel,
  listener: ComputeListener,
  options: { readonly lost: () => WorkbenchError; readonly log: (text: string) => void },
): { readonly api: ComputeApi; readonly close: () => void } {
  const handlers = new Map<string, Handler>(
    Object.entries(listener as unknown as Record<string, Handler>),
  )
  handlers.set('log', (text) => options.log(String(text)))
  const peer = openPeer(channel, handlers, { lost: options.lost })
  const calls = methods.map((method) => [
    method,
    (argument?: unknown) => peer.call(method, argument),
  ])
  return { api: Object.fromEntries(calls) as ComputeApi, close: peer.close }
}

/**
 * The child's end: answers the calls of a host with the service that `serviceOf` makes for it.
 *
 * @returns its stop
 */
export function serveCompute(
  channel: Channel,
  serviceOf: (host: ComputeListener) => ComputeApi,
): () => void {
  const handlers = new Map<string, Handler>()
  const peer = openPeer(channel, handlers, {
    onInternalError: (error) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : 'An unknown error.'
      peer.notify('log', text)
    },
  })
  const frames = new LatestWins<SphereFrame>((frame) => peer.call('sphere', frame))
  const service = serviceOf({
    scanned: async (batch) => {
      await peer.call('scanned', batch)
    },
    quality: (progress) => peer.notify('quality', progress),
    run: (event) => peer.notify('run', event),
    picture: (progress) => peer.notify('picture', progress),
    sphere: (frame) => frames.offer(frame),
  })
  for (const method of methods) {
    const call = service[method] as (argument: unknown) => Promise<unknown>
    handlers.set(method, (argument) => call.call(service, argument))
  }
  return () => {
    frames.dispose()
    peer.close()
  }
}
