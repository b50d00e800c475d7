import { engineKinds } from '../../contract/engines.ts'
import type { EngineKind, EngineReport } from '../../contract/engines.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineContext, Rung } from './context.ts'
import { cpuRung } from './cpu.ts'
import { cudaRung } from './cuda.ts'
import { nativeRung } from './native.ts'
import { wasmRung } from './wasm.ts'
import { webgpuRung } from './webgpu.ts'

/** What can run here: a report for each rung, best first. Opens nothing. */
export async function doctor(): Promise<readonly EngineReport[]> {
  const reports: EngineReport[] = []
  for (const kind of engineKinds) reports.push(await rungOf(kind).probe())
  return reports
}

/**
 * Opens a rung, or with `auto` the best that can run here, and makes TensorFlow.js run losses on it
 * (on WebAssembly under `native`).
 *
 * @throws WorkbenchError `no-engine` when the rung cannot run here; its message says why
 */
export async function openEngine(request: 'auto' | EngineKind): Promise<EngineContext> {
  if (request !== 'auto') return rungOf(request).open()
  const refusals: string[] = []
  for (const kind of engineKinds)
    try {
      return await rungOf(kind).open()
    } catch (error) {
      if (!(error instanceof WorkbenchError && error.code === 'no-engine')) throw error
      refusals.push(`${kind}: ${error.message}`)
    }
  throw new WorkbenchError('no-engine', `No engine can run here. ${refusals.join(' ')}`)
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
