/** Rungs of the ladder, best first; `cpu` is the oracle of tests and never chosen. */
export const engineKinds = ['cuda', 'webgpu', 'native', 'wasm'] as const
export type EngineKind = (typeof engineKinds)[number] | 'cpu'

/** What `doctor` knows of one rung. */
export interface EngineReport {
  readonly kind: EngineKind
  readonly available: boolean
  /** The device as the backend itself names it, such as `NVIDIA H100` or `2 threads, AVX-512`. */
  readonly device: string | null
  /** Why it is (not) available, and what would make it so; a sentence for people. */
  readonly reason: string
  /** Version of the package that serves the rung, null if it is not installed. */
  readonly version: string | null
}
