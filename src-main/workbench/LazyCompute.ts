import type { ComputeApi } from '../contract/compute.ts'
import type { ComputeListener, ComputeProcess, ComputePurpose, StartCompute } from './compute.ts'

/**
 * A compute process that is started when it is first needed, and again after it has died. Whoever
 * waited for an answer when it died is told by the rejection of the call.
 */
export class LazyCompute {
  private readonly start: StartCompute
  private readonly purpose: ComputePurpose
  private readonly listener: ComputeListener
  private process: ComputeProcess | null = null
  private isDisposed = false

  constructor(start: StartCompute, purpose: ComputePurpose, listener: ComputeListener) {
    this.start = start
    this.purpose = purpose
    this.listener = listener
  }

  get api(): ComputeApi {
    if (this.isDisposed) throw new TypeError('a compute process is asked for after its end')
    if (this.process === null) {
      const forget = (): void => {
        if (this.process === started) this.process = null
      }
      const started = this.start(this.listener, forget, this.purpose)
      this.process = started
    }
    return this.process.api
  }

  /** Null while none runs. */
  get pid(): number | null {
    return this.process?.pid ?? null
  }

  /** Ends the process, so that its memory comes back; the next call starts another. */
  release(): void {
    const { process } = this
    this.process = null
    process?.dispose()
  }

  /** Callable twice. */
  dispose(): void {
    this.isDisposed = true
    this.release()
  }
}
