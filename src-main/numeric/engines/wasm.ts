import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineReport } from '../../contract/engines.ts'
import * as tf from '../tf.ts'
import { availableCores } from './cores.ts'
import type { EngineContext, Rung } from './context.ts'
import { messageOf, packageFolder, packageVersion } from './packages.ts'
import { addWasmKernels } from './wasmKernels.ts'
import { offerWorkers } from './wasmThreads.ts'

const packageName = '@tensorflow/tfjs-backend-wasm'

/** WebAssembly: everywhere, and fast enough for losses, hardly for networks. */
export const wasmRung: Rung = {
  kind: 'wasm',

  async probe(): Promise<EngineReport> {
    const common = { kind: 'wasm', version: packageVersion(packageName) } as const
    const before = tf.getBackend() as string | undefined
    try {
      const { threads, problem } = await useWasmBackend(usualThreads())
      return {
        ...common,
        available: true,
        device: deviceName(threads),
        reason: 'WebAssembly runs everywhere, slowly: use it where no other engine can.',
        ...(problem !== null && { notes: [problem] }),
      }
    } catch (error) {
      return { ...common, available: false, device: null, reason: messageOf(error) + '.' }
    } finally {
      if (before) await tf.setBackend(before)
    }
  },

  async open(): Promise<EngineContext> {
    const { threads } = await useWasmBackend(usualThreads())
    return { kind: 'wasm', device: deviceName(threads), dispose: () => undefined }
  },
}

/** How the wasm backend runs. */
interface StartedWasm {
  readonly threads: number
  /** Why it has fewer threads than were asked for; null where it has not. */
  readonly problem: string | null
}

/**
 * Makes TensorFlow.js run on WebAssembly, with the kernels that training needs.
 *
 * @param threads to start it on, at least 1; on one where they do not start. One is best for losses:
 *   of a loss on 512 rows, 33 ms, a second thread takes over nothing, and waits in step with the first
 *   where the processor is busy. A backend that runs already keeps its threads
 * @throws WorkbenchError `no-engine`
 */
export async function useWasmBackend(threads = 1): Promise<StartedWasm> {
  if (packageVersion(packageName) === null)
    throw new WorkbenchError(
      'no-engine',
      `The package ${packageName} is not installed. Run npm install.`,
    )
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    const folder = `${packageFolder(packageName)}/wasm-out/`
    addWasmKernels()
    const isRunning = (tf.engine().registry as Record<string, unknown>)['wasm'] !== undefined
    let problem: string | null = null
    if (!isRunning) {
      wasm.setWasmPaths(folder)
      if (threads > 1) problem = await startThreads(folder, threads)
    }
    if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js refused the backend')
    const started = wasm.getThreadsCount()
    if (started < threads) problem ??= `It runs on ${started} in this process already.`
    return { threads: started, problem }
  } catch (cause) {
    const message = `WebAssembly tensors do not start: ${messageOf(cause)}.`
    throw new WorkbenchError('no-engine', message, { cause })
  }
}

/** The most that the backend's program keeps workers for. */
const mostThreads = 8

function usualThreads(): number {
  return Math.min(availableCores(), mostThreads)
}

/** Threads that have not started by then will not. */
const threadPatienceMs = 10_000

/** Starts the backend with threads. @returns what was in the way, for people; null for nothing */
async function startThreads(folder: string, count: number): Promise<string | null> {
  const workers = offerWorkers(folder, count)
  let timer: NodeJS.Timeout | undefined
  try {
    const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm')
    setThreadsCount(count)
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`they did not answer within ${threadPatienceMs / 1000} s`)),
        threadPatienceMs,
      )
    })
    if (await Promise.race([tf.setBackend('wasm'), late])) return null
    throw new Error('the backend did not start with them')
  } catch (error) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    const why = messageOf(workers.problem ?? error)
    return `Its threads do not start, so that it runs on one: ${why}.`
  } finally {
    clearTimeout(timer)
    workers.end()
  }
}

function deviceName(threads: number): string {
  // Every Node that runs the workbench has WebAssembly's SIMD.
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}, SIMD`
}
