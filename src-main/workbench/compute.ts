import type { ComputeApi, ComputeEvents, ScanBatch } from '../contract/compute.ts'

/** What a compute process says unasked. It waits until the promise of `scanned` has resolved. */
export interface ComputeListener {
  readonly scanned: (batch: ScanBatch) => Promise<void>
  readonly quality: (progress: ComputeEvents['quality']) => void
  readonly run: (event: ComputeEvents['run']) => void
  readonly picture: (progress: ComputeEvents['picture']) => void
  readonly sphere: (frame: ComputeEvents['sphere']) => void
}

/** Hears nothing; for processes that are asked only for answers. */
export const deafListener: ComputeListener = {
  scanned: () => Promise.resolve(),
  quality: () => undefined,
  run: () => undefined,
  picture: () => undefined,
  sphere: () => undefined,
}

/** What a process is for. Answers that a person waits for go before training, which takes long anyway. */
export type ComputePurpose = 'answers' | 'training'

/** A process that is running, or was. */
export interface ComputeProcess {
  /** Calls are rejected with `compute-died` when the process ends before it has answered. */
  readonly api: ComputeApi
  readonly pid: number | undefined
  /** Ends the process at once. Callable twice. */
  readonly dispose: () => void
}

/**
 * Starts a compute process; given by the host, since only hosts know where the program lies.
 *
 * @param onExit called once when the process is gone, whoever ended it
 */
export type StartCompute = (
  listener: ComputeListener,
  onExit: () => void,
  purpose: ComputePurpose,
) => ComputeProcess
