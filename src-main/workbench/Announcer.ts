import type { WorkbenchListener, WorkbenchMessage } from '../contract/rpc.ts'

/** Tells every listener what the workbench says unasked, in order. */
export class Announcer {
  private readonly listeners = new Set<WorkbenchListener>()

  /** Returns its stop. */
  listen(listener: WorkbenchListener): () => void {
    // A wrapper, so that one listener can listen twice and stop once.
    const own: WorkbenchListener = (...message) => listener(...message)
    this.listeners.add(own)
    return () => void this.listeners.delete(own)
  }

  announce(...message: WorkbenchMessage): void {
    for (const listener of [...this.listeners]) listener(...message)
  }
}
