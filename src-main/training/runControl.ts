import type { RunCommand } from '../contract/runs.ts'

/** The handle by which commands reach a run; the run looks at it between steps. */
export interface RunControl {
  command(command: RunCommand): void
  readonly isPaused: boolean
  readonly isStopping: boolean
  /** Aborts when the run is told to stop; for work that is not in steps, such as decoding. */
  readonly signal: AbortSignal
  /** Resolves as soon as the run is not paused, or is to stop. */
  whenGoing(): Promise<void>
}

export function createRunControl(): RunControl {
  const stopping = new AbortController()
  let isPaused = false
  let waiting: (() => void)[] = []
  const release = () => {
    for (const resolve of waiting) resolve()
    waiting = []
  }
  return {
    command(command) {
      if (command === 'pause') {
        isPaused = true
        return
      }
      isPaused = false
      if (command === 'stop') stopping.abort()
      release()
    },
    get isPaused() {
      return isPaused && !stopping.signal.aborted
    },
    get isStopping() {
      return stopping.signal.aborted
    },
    signal: stopping.signal,
    whenGoing() {
      if (!isPaused || stopping.signal.aborted) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
