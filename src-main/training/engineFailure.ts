import type { EngineKind } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig } from '../contract/runs.ts'
import type { Encoder } from '../model/encoder.ts'
import type { EngineContext } from '../numeric/engines/context.ts'

/**
 * The same encoder, whose failures are told apart: `device-lost` when the device went away under it,
 * `engine-failed` when the engine failed otherwise. A device that is lost may leave a call hanging for
 * ever, so its loss ends the call.
 */
export function withNamedFailures(encoder: Encoder, engine: EngineContext): Encoder {
  async function named<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await (engine.lost ? Promise.race([work(), failWhen(engine.lost)]) : work())
    } catch (cause) {
      if (cause instanceof WorkbenchError && cause.code !== 'internal') throw cause
      const message =
        cause instanceof WorkbenchError
          ? cause.message
          : `The engine ${engine.kind} failed: ${cause instanceof Error ? cause.message : String(cause)}`
      throw new WorkbenchError('engine-failed', message, { cause })
    }
  }

  async function failWhen(lost: Promise<string>): Promise<never> {
    const reason = await lost
    throw new WorkbenchError(
      'device-lost',
      `The device of ${engine.kind}, ${engine.device}, was lost: ${reason}`,
    )
  }

  return {
    ...encoder,
    embed: (...batch) => named(() => encoder.embed(...batch)),
    step: (...batch) => named(() => encoder.step(...batch)),
    dispose: () => encoder.dispose(),
  }
}

/** How a run ends that an error ended: what happened and what next, in words, and the engine to go on with. */
export function failureOf(
  cause: unknown,
  { config, nextEngine }: { readonly config: RunConfig; readonly nextEngine: EngineKind | null },
): { readonly reason: 'failed'; readonly message: string; readonly nextEngine?: EngineKind } {
  const message = cause instanceof Error ? cause.message : String(cause)
  const isOfEngine =
    cause instanceof WorkbenchError &&
    (cause.code === 'engine-failed' || cause.code === 'device-lost' || cause.code === 'no-engine')
  if (!isOfEngine) return { reason: 'failed', message }
  const what = isOutOfMemory(message) ? outOfMemoryWords(config) : sentence(message)
  if (nextEngine === null) return { reason: 'failed', message: what }
  return {
    reason: 'failed',
    message: `${what} The last checkpoint is sound: the run can go on from it on ${nextEngine}.`,
    nextEngine,
  }
}

/** As TensorFlow, Dawn, ONNX Runtime, WebAssembly and V8 say it. */
const outOfMemory =
  /\bOOM\b|resource.?exhausted|out of memory|out-of-memory|bad_alloc|failed to allocate|allocation failed|memory access out of bounds|insufficient memory/i

/** Whether the words of an engine mean that its memory did not suffice. */
export function isOutOfMemory(message: string): boolean {
  return outOfMemory.test(message)
}

function outOfMemoryWords({ engine, settings }: RunConfig): string {
  const { batchSize } = settings
  const smaller = Math.max(4, Math.floor(batchSize / 2))
  return smaller < batchSize
    ? `The memory of ${engine} did not suffice for batches of ${batchSize} images. Start a run with a ` +
        `batch size of ${smaller}, or with smaller images.`
    : `The memory of ${engine} did not suffice. Start a run with smaller images or a narrower network.`
}

/** Engines end with stack traces and without full stops. */
function sentence(message: string): string {
  const [first = ''] = message.split('\n')
  return /[.!?]$/.test(first) ? first : `${first}.`
}
