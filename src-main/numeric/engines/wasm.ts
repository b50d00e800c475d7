import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineReport } from '../../contract/engines.ts'
import * as tf from '../tf.ts'
import type { EngineContext, Rung } from './context.ts'
import { messageOf, packageFolder, packageVersion } from './packages.ts'
import { addWasmKernels } from './wasmKernels.ts'

const packageName = '@tensorflow/tfjs-backend-wasm'
/** Every Node that runs the workbench has WebAssembly's SIMD. */
const deviceName = '1 thread, SIMD'

/** WebAssembly on one thread: everywhere, and fast enough for losses, hardly for networks. */
export const wasmRung: Rung = {
  kind: 'wasm',
  probe: () => Promise.resolve(report()),
  async open(): Promise<EngineContext> {
    const { available, reason } = report()
    if (!available) throw new WorkbenchError('no-engine', reason)
    await useWasmBackend()
    return { kind: 'wasm', device: deviceName, dispose: () => undefined }
  },
}

/**
 * Makes TensorFlow.js run on WebAssembly, with the kernels that training needs.
 *
 * @throws WorkbenchError `no-engine`
 */
export async function useWasmBackend(): Promise<void> {
  try {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
    setWasmPaths(`${packageFolder(packageName)}/wasm-out/`)
    addWasmKernels()
    if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js refused the backend')
  } catch (cause) {
    const message = `WebAssembly tensors do not start: ${messageOf(cause)}.`
    throw new WorkbenchError('no-engine', message, { cause })
  }
}

function report(): EngineReport {
  const version = packageVersion(packageName)
  const common = { kind: 'wasm', version } as const
  if (version === null)
    return {
      ...common,
      available: false,
      device: null,
      reason: `The package ${packageName} is not installed. Run npm install.`,
    }
  return {
    ...common,
    available: true,
    device: deviceName,
    reason: 'WebAssembly runs everywhere, slowly: use it where no other engine can.',
  }
}
