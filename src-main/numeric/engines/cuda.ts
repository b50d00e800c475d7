import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineReport } from '../../contract/engines.ts'
import * as tf from '../tf.ts'
import type { EngineContext, Rung } from './context.ts'
import { messageOf, packageVersion } from './packages.ts'

const packageName = '@tensorflow/tfjs-node-gpu'
/** What the package registers itself as. */
const backendName = 'tensorflow'

/** NVIDIA GPUs through libtensorflow 2.9.1, which wants CUDA 11.2 and cuDNN 8.1. */
export const cudaRung: Rung = {
  kind: 'cuda',

  async probe(): Promise<EngineReport> {
    const common = { kind: 'cuda', version: packageVersion(packageName) } as const
    const found = await findGpu()
    return 'reason' in found
      ? { ...common, available: false, device: null, reason: found.reason }
      : { ...common, available: true, device: found.device, reason: 'TensorFlow uses the GPU.' }
  },

  async open(): Promise<EngineContext> {
    const found = await findGpu()
    if ('reason' in found) throw new WorkbenchError('no-engine', found.reason)
    await tf.setBackend(backendName)
    return { kind: 'cuda', device: found.device, dispose: () => undefined }
  },
}

/** Loads the package and asks its backend whether it computes on a GPU: it may not. */
async function findGpu(): Promise<{ readonly device: string } | { readonly reason: string }> {
  if (packageVersion(packageName) === null)
    return {
      reason:
        `The optional package ${packageName} is not installed: its installation downloads ` +
        'libtensorflow and was skipped or failed. With a connection, run ' +
        `npm install ${packageName}@4.22.0.`,
    }
  try {
    restoreOldUtil()
    // By its name in a variable: the package is optional, so its types are not always there.
    const name: string = packageName
    const before = tf.getBackend() as string | undefined
    await import(name)
    // The package makes itself the active backend, which is not for a probe to do.
    if (before) await tf.setBackend(before)
    const backend = tf.findBackend(backendName) as { readonly isUsingGpuDevice?: boolean } | null
    if (backend?.isUsingGpuDevice === true) return { device: gpuName() }
    return {
      reason:
        `${packageName} is installed, but TensorFlow found no GPU that it can use. It needs an ` +
        'NVIDIA driver, and the libraries of CUDA 11.2 and cuDNN 8.1 where the loader finds them ' +
        '(on Linux: LD_LIBRARY_PATH).',
    }
  } catch (error) {
    return {
      reason: `${packageName} is installed but does not load: ${messageOf(error)}. Run npm rebuild ${packageName} with a connection.`,
    }
  }
}

/** tfjs-node calls two functions that Node 23 removed from `node:util`. */
function restoreOldUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  util['isArray'] ??= Array.isArray
}

/** The driver's name for the first GPU. */
function gpuName(): string {
  const folder = '/proc/driver/nvidia/gpus'
  try {
    const [first = ''] = readdirSync(folder)
    const text = readFileSync(`${folder}/${first}/information`, 'utf8')
    return /^Model:\s*(.+)$/m.exec(text)?.[1] ?? 'NVIDIA GPU'
  } catch {
    return 'NVIDIA GPU'
  }
}
