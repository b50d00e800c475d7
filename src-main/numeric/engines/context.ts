import type { EngineKind, EngineReport } from '../../contract/engines.ts'
import type { OnnxRuntime } from '../onnx/runtime.ts'

/** A rung that was opened: its tensor backend is loaded, and TensorFlow.js runs losses on it. */
export type EngineContext =
  | (EngineBase & { readonly kind: Exclude<EngineKind, 'native'> })
  | (EngineBase & { readonly kind: 'native'; readonly runtime: OnnxRuntime })

interface EngineBase {
  /** The device as the backend itself names it. */
  readonly device: string
  /** The largest tensor that the device takes; missing where memory alone decides. */
  readonly largestTensorBytes?: number
  /** Resolves with the reason when the device goes away; missing where none can. */
  readonly lost?: Promise<string>
  /** Callable twice. TensorFlow.js keeps a backend once it is loaded, but no device. */
  dispose(): void
}

/** One way to run tensors. */
export interface Rung {
  readonly kind: EngineKind
  /** Says whether the rung can run here; never throws and changes nothing. */
  probe(): Promise<EngineReport>
  /** @throws WorkbenchError `no-engine` with the reason that {@link probe} gives */
  open(): Promise<EngineContext>
}
