import { createRequire } from 'node:module'
import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineReport } from '../../contract/engines.ts'
import * as tf from '../tf.ts'
import type { EngineContext, Rung } from './context.ts'
import { missingForCuda, readDriver, readGpuName } from './cudaNeeds.ts'
import { messageOf, packageVersion } from './packages.ts'
import { libraryPlaces } from './sharedLibraries.ts'
import type { LibraryPlaces } from './sharedLibraries.ts'

const packageName = '@tensorflow/tfjs-node-gpu'
/** What the package registers itself as. */
const backendName = 'tensorflow'

/** What the rung takes from the machine; tests stand in for it. */
export interface CudaMachine {
  /** Version of the package, null when it is not installed. */
  readonly version: string | null
  /** Loads the package, which registers and activates its backend. */
  readonly load: () => Promise<unknown>
  readonly places: LibraryPlaces
  readonly driver: string | null
  readonly gpuName: string | null
}

/**
 * NVIDIA GPUs through libtensorflow 2.9.1, which wants CUDA 11.2 and cuDNN 8.1. Without a GPU that it
 * can use the same library computes on the processor, which the report says.
 */
export const cudaRung: Rung = createCudaRung(thisMachine)

export function createCudaRung(machineOf: () => CudaMachine): Rung {
  return {
    kind: 'cuda',

    async probe(): Promise<EngineReport> {
      const machine = machineOf()
      const common = { kind: 'cuda', version: machine.version } as const
      const found = await findDevice(machine)
      const notes = 'isGpu' in found && found.isGpu ? [] : notesOn(machine)
      if ('reason' in found)
        return { ...common, available: false, device: null, reason: found.reason, notes }
      const reason = found.isGpu
        ? 'TensorFlow uses the GPU.'
        : 'TensorFlow found no GPU that it can use and computes on the processor.'
      return { ...common, available: true, device: found.device, isGpu: found.isGpu, reason, notes }
    },

    async open(): Promise<EngineContext> {
      const found = await findDevice(machineOf())
      if ('reason' in found) throw new WorkbenchError('no-engine', found.reason)
      await tf.setBackend(backendName)
      return { kind: 'cuda', device: found.device, dispose: () => undefined }
    },
  }
}

function thisMachine(): CudaMachine {
  // By its name in a variable: the package is optional, so its types are not always there.
  const name: string = packageName
  return {
    version: packageVersion(packageName),
    load: () => import(name),
    places: libraryPlaces(),
    driver: readDriver(),
    gpuName: readGpuName(),
  }
}

type Found = { readonly device: string; readonly isGpu: boolean } | { readonly reason: string }

/** Loads the package and asks its backend whether it computes on a GPU: it may not. */
async function findDevice({ version, load, gpuName }: CudaMachine): Promise<Found> {
  if (version === null)
    return {
      reason:
        `The optional package ${packageName} is not installed: its installation downloads ` +
        'libtensorflow and was skipped or failed. With a connection, run ' +
        `npm install ${packageName}@4.22.0.`,
    }
  try {
    restoreOldUtil()
    growMemoryAsNeeded()
    const before = tf.getBackend() as string | undefined
    await load()
    // The package makes itself the active backend, which is not for a probe to do.
    if (before) await tf.setBackend(before)
    const backend = tf.findBackend(backendName) as { readonly isUsingGpuDevice?: boolean } | null
    if (!backend)
      return { reason: `The package ${packageName} ${version} is installed but offers no tensors.` }
    return backend.isUsingGpuDevice === true
      ? { device: gpuName ?? 'NVIDIA GPU', isGpu: true }
      : { device: 'the processor, through libtensorflow', isGpu: false }
  } catch (error) {
    return {
      reason:
        `The package ${packageName} ${version} is installed but does not load: ${messageOf(error)}. Run ` +
        `npm rebuild ${packageName} with a connection.`,
    }
  }
}

/** What is missing for the GPU. A machine without any NVIDIA hardware need not hear of it. */
function notesOn({ version, places, driver, gpuName }: CudaMachine): readonly string[] {
  if (version === null && driver === null && gpuName === null) return []
  return missingForCuda(places, driver)
}

/** tfjs-node calls two functions that Node 23 removed from `node:util`. */
function restoreOldUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  util['isArray'] ??= Array.isArray
}

/**
 * TensorFlow reads this when it loads and takes the whole GPU otherwise, so that nothing else could
 * draw or train beside it.
 */
function growMemoryAsNeeded(): void {
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true'
}
