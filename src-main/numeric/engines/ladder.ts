import type { EngineKind, EngineReport } from '../../contract/engines.ts'
import type { EngineContext, Rung } from './context.ts'
import { cpuRung } from './cpu.ts'
import { cudaRung } from './cuda.ts'
import { nativeRung } from './native.ts'
import { wasmRung } from './wasm.ts'
import { webgpuRung } from './webgpu.ts'

/** Says whether a rung can run here; never throws and changes nothing. */
export function probeEngine(kind: EngineKind): Promise<EngineReport> {
  return rungOf(kind).probe()
}

/**
 * Opens a rung, and makes TensorFlow.js run losses on it (on WebAssembly under `native`).
 *
 * @throws WorkbenchError `no-engine` when the rung cannot run here; its message says why
 */
export function openEngine(kind: EngineKind): Promise<EngineContext> {
  return rungOf(kind).open()
}

function rungOf(kind: EngineKind): Rung {
  switch (kind) {
    case 'cuda':
      return cudaRung
    case 'webgpu':
      return webgpuRung
    case 'native':
      return nativeRung
    case 'wasm':
      return wasmRung
    case 'cpu':
      return cpuRung
    default:
      return kind satisfies never
  }
}
