import { createBirpc } from 'birpc'
import { decode, encode } from './codec.ts'
import { WorkbenchError } from './errors.ts'
import type { ErrorCode } from './errors.ts'

/** A way for frames in both directions, in order: a MessagePort, a WebSocket, a pipe, a pair in memory. */
export interface Channel {
  /** Does nothing once the channel is closed. */
  readonly post: (frame: Uint8Array<ArrayBuffer>) => void
  /** Returns its stop. */
  readonly on: (listener: (frame: Uint8Array) => void) => () => void
  /** Called once when the other end is gone; missing where the channel cannot tell. Returns its stop. */
  readonly onClose?: (listener: () => void) => () => void
  readonly close?: () => void
}

/** Answers a call; what it throws travels as `{code, message}`. */
export type Handler = (argument: unknown) => unknown

export interface PeerOptions {
  /** Told of every error that is not a {@link WorkbenchError}, before it travels as `internal`. */
  readonly onInternalError?: ((error: unknown) => void) | undefined
  /** The error of all calls that were under way when the channel closed. */
  readonly lost?: (() => WorkbenchError) | undefined
  readonly onClose?: (() => void) | undefined
}

/** One end of a channel: calls the other end and answers it, from a closed list of handlers. */
export interface Peer {
  /** The other end's answer, or its error as a {@link WorkbenchError}. There is no time limit. */
  readonly call: (method: string, argument?: unknown) => Promise<unknown>
  /** A call that is not answered. */
  readonly notify: (method: string, argument: unknown) => void
  /** Callable twice. Calls under way are rejected. */
  readonly close: () => void
}

/**
 * Opens one end of a channel. The other end may be hostile: only names in `handlers` can be called,
 * with at most one argument, and a frame that is not a message closes the channel.
 */
export function openPeer(
  channel: Channel,
  handlers: ReadonlyMap<string, Handler>,
  options: PeerOptions = {},
): Peer {
  let isClosed = false
  let stopListening = (): void => undefined
  const rpc = createBirpc<Record<string, (argument: unknown) => unknown>, object, false>(
    {},
    {
      post: (frame: Uint8Array<ArrayBuffer>) => {
        if (!isClosed) channel.post(frame)
      },
      on: (listener) => {
        stopListening = channel.on(listener)
      },
      off: () => stopListening(),
      serialize: (message: Message) => encode(toWire(message, options)),
      deserialize: readMessage,
      // The default resolver would also find `constructor` and `toString`.
      resolver: (name) => answerOf(handlers, name),
      onGeneralError: (error) => {
        if (!(error instanceof MalformedFrame)) return false
        close()
        return true
      },
      timeout: -1,
      proxify: false,
    },
  )
  const stopWatching = channel.onClose?.(close)

  function close(): void {
    if (isClosed) return
    isClosed = true
    stopWatching?.()
    rpc.$close(options.lost?.() ?? new WorkbenchError('internal', 'The connection was lost.'))
    channel.close?.()
    options.onClose?.()
  }

  return {
    call: async (method, argument) => {
      if (isClosed)
        throw options.lost?.() ?? new WorkbenchError('internal', 'The connection was lost.')
      const args = argument === undefined ? [] : [argument]
      return rpc.$call(method, ...(args as [unknown]))
    },
    notify: (method, argument) => {
      if (isClosed) return
      rpc.$callEvent(method, argument).catch((error: unknown) => options.onInternalError?.(error))
    },
    close,
  }
}

/** Messages of birpc: a question (`q`) or an answer (`s`). */
interface Message {
  readonly t: 'q' | 's'
  readonly i?: string
  readonly m?: string
  readonly a?: readonly unknown[]
  readonly o?: boolean
  readonly r?: unknown
  readonly e?: unknown
}

function answerOf(
  handlers: ReadonlyMap<string, Handler>,
  name: string,
): (...args: unknown[]) => unknown {
  const handler = handlers.get(name)
  return (...args) => {
    if (!handler)
      throw new WorkbenchError('bad-request', `There is no method "${name.slice(0, 60)}".`)
    if (args.length > 1)
      throw new WorkbenchError('bad-request', `${name} takes one argument, not ${args.length}.`)
    return handler(args[0])
  }
}

function toWire(message: Message, { onInternalError }: PeerOptions): Message {
  if (message.e === undefined) return message
  const error = message.e
  if (error instanceof WorkbenchError)
    return { ...message, e: { code: error.code, message: error.message } }
  onInternalError?.(error)
  const text = error instanceof Error ? error.message : 'An unknown error.'
  return { ...message, e: { code: 'internal', message: text } }
}

/** Whoever sends this is not a peer of ours. */
class MalformedFrame extends Error {}

function readMessage(frame: Uint8Array): Message {
  try {
    return fromWire(decode(frame))
  } catch (cause) {
    throw new MalformedFrame('The frame is not a message.', { cause })
  }
}

function fromWire(value: unknown): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WorkbenchError('bad-request', 'The frame is not a message.')
  const { t, i, m, a, r, e } = value as Record<string, unknown>
  const hasId = typeof i === 'string' && i.length <= 64
  if (t === 'q' && typeof m === 'string' && Array.isArray(a) && (hasId || i === undefined))
    return { t, m, a: a as unknown[], ...(hasId ? { i } : {}) }
  if (t === 's' && hasId) return { t, i, r, ...(e === undefined ? {} : { e: errorOf(e) }) }
  throw new WorkbenchError('bad-request', 'The frame is not a message.')
}

const errorCodes: ReadonlySet<string> = new Set(
  Object.keys({
    'bad-request': true,
    'not-found': true,
    busy: true,
    'newer-version': true,
    cancelled: true,
    io: true,
    'no-engine': true,
    'engine-failed': true,
    'device-lost': true,
    'compute-died': true,
    internal: true,
  } satisfies Record<ErrorCode, true>),
)

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && errorCodes.has(code)
}

function errorOf(value: unknown): WorkbenchError {
  const { code, message } = (value ?? {}) as Record<string, unknown>
  return new WorkbenchError(isErrorCode(code) ? code : 'internal', String(message))
}
