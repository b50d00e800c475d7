import { createRequire } from 'node:module'
import type { cpus } from 'node:os'
import type { Worker, WorkerOptions } from 'node:worker_threads'
import * as tf from '../tf.ts'

/** What the backend's program takes from Node, writable as CommonJS sees it. */
interface WorkerThreads {
  Worker: typeof Worker
}
interface Os {
  cpus: typeof cpus
}

export interface OfferedWorkers {
  /** What kept a thread from starting, since the backend does not tell; null where nothing did. */
  readonly problem: unknown
  /** To be called when the backend has started, or has failed to. */
  end(): void
}

/**
 * Lets the wasm backend start its threads under Node, where its own way of making workers, a script in a
 * blob, does not exist: while the backend starts, workers are made from the script's text, and load the
 * program from its file.
 *
 * The program takes at most half of the processors that it sees, in the belief that two of them share a
 * core; since ours are counted by core, it is shown each of them twice.
 *
 * @param folder of the backend's binaries, with a slash at the end
 * @param count of threads, the main one included
 */
export function offerWorkers(folder: string, count: number): OfferedWorkers {
  const require = createRequire(import.meta.url)
  const threads = require('node:worker_threads') as WorkerThreads
  const { Worker: Original } = threads
  const program = `${folder}tfjs-backend-wasm-threaded-simd.js`
  const { wasmWorkerContents } = require(`${folder}tfjs-backend-wasm-threaded-simd.worker.js`) as {
    readonly wasmWorkerContents: string
  }
  // The text was written to be put into a blob, which would turn each \n in a string into a line break.
  const script = wasmWorkerContents.replaceAll('\n', '\\n')

  let problem: unknown = null

  class ScriptWorker extends Original {
    constructor(source: string | URL, options?: WorkerOptions) {
      const isBlob = typeof source === 'string' && source.startsWith('blob:')
      try {
        if (isBlob) super(script, { ...options, eval: true })
        else super(source, options)
      } catch (error) {
        problem = error
        throw error
      }
      // Threads that wait for work must not keep the process from ending.
      this.unref()
    }

    /** The program calls it for each thread that it starts. */
    override ref(): void {
      this.unref()
    }

    override postMessage(message: unknown, transfer?: Parameters<Worker['postMessage']>[1]): void {
      super.postMessage(isLoading(message) ? { ...message, urlOrBlob: program } : message, transfer)
    }
  }

  const os = require('node:os') as Os
  const allCpus = os.cpus
  os.cpus = () => {
    const seen = allCpus()
    return Array.from({ length: 2 * count }, (_, i) => seen[i % seen.length]).filter(
      (cpu) => cpu !== undefined,
    )
  }
  threads.Worker = ScriptWorker
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true)
  return {
    get problem() {
      return problem
    },
    end() {
      threads.Worker = Original
      os.cpus = allCpus
      // The backend's program puts it there.
      if ((globalThis as { Worker?: unknown }).Worker === ScriptWorker)
        Reflect.deleteProperty(globalThis, 'Worker')
    },
  }
}

/** The first message to a thread, which tells it where its program is. */
function isLoading(message: unknown): message is { readonly cmd: 'load' } {
  return (
    typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === 'load'
  )
}
