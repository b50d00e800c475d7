/** Rungs of the ladder, best first; `cpu` is the oracle of tests and never chosen. */
export const engineKinds = ['cuda', 'webgpu', 'native', 'wasm'] as const
export type EngineKind = (typeof engineKinds)[number] | 'cpu'

/** What a look at one rung finds. */
export interface EngineReport {
  readonly kind: EngineKind
  readonly available: boolean
  /** The device as the backend itself names it, such as `NVIDIA H100` or `2 threads, AVX-512`. */
  readonly device: string | null
  /** Whether the device is a graphics card; missing: no. */
  readonly isGpu?: boolean
  /** Why it is (not) available, and what would make it so; a sentence for people. */
  readonly reason: string
  /** More that a person who looks for a fault wants to know: sentences, often none. */
  readonly notes?: readonly string[]
  /** Version of the package that serves the rung, null if it is not installed. */
  readonly version: string | null
}

/** A rung, and how fast it was when it was measured on this machine. */
export interface SurveyedEngine extends EngineReport {
  /** In a training step of the usual network; null while it has not been measured. */
  readonly imagesPerSecond: number | null
}

/** All rungs, best first, and the one that `auto` takes. */
export interface EngineSurvey {
  readonly engines: readonly SurveyedEngine[]
  /** Null when none runs here. */
  readonly chosen: EngineKind | null
  /** The choice in words: `webgpu 412 img/s, native 401: webgpu`. */
  readonly why: string
}

export type EngineEvent =
  /** `done` of `total` rungs have been measured, `engine` is next. */
  | {
      readonly kind: 'measuring'
      readonly engine: EngineKind
      readonly done: number
      readonly total: number
    }
  | { readonly kind: 'surveyed'; readonly survey: EngineSurvey }
