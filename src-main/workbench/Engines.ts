import type { ComputeApi } from '../contract/compute.ts'
import { engineKinds } from '../contract/engines.ts'
import type { EngineKind, EngineReport } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'

/** What can train on this machine: asked once, since it does not change while the program runs. */
export class Engines {
  private readonly look: ComputeApi['engines']
  private found: Promise<readonly EngineReport[]> | null = null

  constructor(look: ComputeApi['engines']) {
    this.look = look
  }

  reports(): Promise<readonly EngineReport[]> {
    this.found ??= this.look().catch((error: unknown) => {
      // A look that failed says nothing: the next one may not.
      this.found = null
      throw error
    })
    return this.found
  }

  /** The engine that is asked for, or the best one that runs here. Throws `no-engine`. */
  async choose(engine: 'auto' | EngineKind): Promise<EngineKind> {
    if (engine === 'cpu') return engine
    const reports = await this.reports()
    const available = reports.filter((report) => report.available).map(({ kind }) => kind)
    if (engine === 'auto') {
      const best = engineKinds.find((kind) => available.includes(kind))
      if (best) return best
      const reasons = reports.map(({ kind, reason }) => `${kind}: ${reason}`).join(' ')
      throw new WorkbenchError('no-engine', `No engine runs here. ${reasons}`)
    }
    if (available.includes(engine)) return engine
    const reason = reports.find(({ kind }) => kind === engine)?.reason ?? ''
    throw new WorkbenchError(
      'no-engine',
      `The engine ${engine} does not run here. ${reason}`.trim(),
    )
  }
}
