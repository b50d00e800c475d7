import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineReport } from '../../contract/engines.ts'
import { loadOnnxRuntime } from '../onnx/runtime.ts'
import { trainingThreads } from './cores.ts'
import type { EngineContext, Rung } from './context.ts'
import { messageOf, packageVersion } from './packages.ts'
import { useWasmBackend } from './wasm.ts'

const packageName = 'onnxruntime-node'

/** ONNX Runtime on the CPU for the network, WebAssembly for losses. */
export const nativeRung: Rung = {
  kind: 'native',

  async probe(): Promise<EngineReport> {
    const version = packageVersion(packageName)
    const common = { kind: 'native', version } as const
    try {
      const { threads, layout } = await loadOnnxRuntime(trainingThreads())
      const reason = `ONNX Runtime trains on the processor; it came with npm install. ${layout.reason}`
      return { ...common, available: true, device: deviceName(threads), reason }
    } catch (error) {
      return { ...common, available: false, device: null, reason: reasonOf(version, error) }
    }
  },

  async open(): Promise<EngineContext> {
    try {
      const runtime = await loadOnnxRuntime(trainingThreads())
      await useWasmBackend()
      const device = deviceName(runtime.threads)
      return { kind: 'native', device, runtime, dispose: () => undefined }
    } catch (cause) {
      if (cause instanceof WorkbenchError) throw cause
      const reason = reasonOf(packageVersion(packageName), cause)
      throw new WorkbenchError('no-engine', reason, { cause })
    }
  },
}

function deviceName(threads: number): string {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}, ${process.arch}`
}

function reasonOf(version: string | null, error: unknown): string {
  if (version === null) return `The package ${packageName} is not installed. Run npm install.`
  return (
    `The package ${packageName} ${version} does not load on ${process.platform}-${process.arch}: ` +
    `${messageOf(error)}. It has binaries for linux and win32 (x64, arm64) and darwin-arm64.`
  )
}
