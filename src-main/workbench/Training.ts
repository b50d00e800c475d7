import type { ComputeApi, TrainRequest } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunCommand, RunEvent, RunId } from '../contract/runs.ts'
import type { SphereFrame } from '../contract/sphere.ts'
import { LazyCompute } from './LazyCompute.ts'
import { deafListener } from './compute.ts'
import type { StartCompute } from './compute.ts'
import { endRun } from './runFolders.ts'

interface Active {
  readonly run: RunId
  /** Resolves when the process has nothing left to do for the run. */
  readonly settled: Promise<void>
  hasEnded: boolean
}

/** The one run that can be going on, in a process of its own that ends with it. */
export class Training {
  private readonly compute: LazyCompute
  private readonly announce: (event: RunEvent) => void
  private readonly now: () => Date
  private active: Active | null = null

  constructor(options: {
    readonly start: StartCompute
    readonly announceRun: (event: RunEvent) => void
    readonly announceSphere: (frame: SphereFrame) => void
    readonly now: () => Date
  }) {
    this.now = options.now
    this.announce = options.announceRun
    this.compute = new LazyCompute(options.start, 'training', {
      ...deafListener,
      run: (event) => {
        if (event.kind === 'ended' && this.active?.run === event.run) this.active.hasEnded = true
        this.announce(event)
      },
      sphere: options.announceSphere,
    })
  }

  /** Null as soon as the run has said that it ended. */
  get activeRun(): RunId | null {
    return this.active && !this.active.hasEnded ? this.active.run : null
  }

  /** Of the process that trains; null while none does. */
  get pid(): number | null {
    return this.compute.pid
  }

  /** Throws `busy` while a run goes on. Waits until the process of the last one is gone. */
  async expectIdle(): Promise<void> {
    if (this.activeRun !== null)
      throw new WorkbenchError(
        'busy',
        `Run ${this.activeRun} is going on. Stop it first, or wait until it is done.`,
      )
    await this.active?.settled
  }

  /** Resolves when nothing is trained any more, and the process that did is gone. */
  async whenIdle(): Promise<void> {
    await this.active?.settled
  }

  /** Returns when the process was told; how the run goes is told by its events. */
  start(request: TrainRequest): void {
    if (this.active !== null) throw new TypeError('a run is started while another goes on')
    const { api } = this.compute
    this.active = { run: request.run, settled: this.follow(api, request), hasEnded: false }
  }

  async command(run: RunId, command: RunCommand): Promise<void> {
    if (this.activeRun !== run)
      throw new WorkbenchError('bad-request', `Run ${run} is not going on.`)
    await this.compute.api.command({ run, command })
  }

  /**
   * Ends the run, if there is one: asks it to stop and waits, then ends its process.
   *
   * @param patienceMs a step of a large network can take seconds
   */
  async stop(patienceMs: number): Promise<void> {
    const { active } = this
    if (active === null) return
    if (!active.hasEnded) await this.command(active.run, 'stop').catch(() => undefined)
    const late = setTimeout(() => this.compute.release(), patienceMs)
    try {
      await active.settled
    } finally {
      clearTimeout(late)
    }
  }

  /** Callable twice. */
  dispose(): void {
    this.compute.dispose()
  }

  /** Never rejects: a run that could not end by itself is ended here. */
  private async follow(api: ComputeApi, request: TrainRequest): Promise<void> {
    let end = endOf(new Error('The process that trained ended without a word.'), request)
    try {
      await api.train(request)
    } catch (error) {
      const isLost = error instanceof WorkbenchError && error.code === 'device-lost'
      if (isLost && !request.isRecovery) {
        // A process that lost its device seldom gets another one.
        this.compute.release()
        return this.follow(this.compute.api, {
          ...request,
          isContinuation: true,
          isRecovery: true,
        })
      }
      end = endOf(error, request)
    }
    this.compute.release()
    const { run, runFolder } = request
    const ended = { ...end, at: this.now().toISOString() }
    const event = await endRun(runFolder, run, ended).catch((): RunEvent => ({
      run,
      kind: 'ended',
      ...ended,
    }))
    this.active = null
    if (event) this.announce(event)
  }
}

/** How a run ends whose process did not say so. One that died may have been brought down by its engine. */
function endOf(
  error: unknown,
  { config, nextEngine }: TrainRequest,
): Omit<Extract<RunEvent, { kind: 'ended' }>, 'run' | 'kind' | 'at'> {
  const message = error instanceof Error ? error.message : String(error)
  const hasDied = error instanceof WorkbenchError && error.code === 'compute-died'
  if (!hasDied) return { reason: 'failed', message }
  if (nextEngine === null) return { reason: 'interrupted', message }
  const wayOut = `If it happens again on ${config.engine}, go on from the last checkpoint on ${nextEngine}.`
  return { reason: 'interrupted', message: `${message} ${wayOut}`, nextEngine }
}
