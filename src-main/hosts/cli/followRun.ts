import { emptyRun, foldRun } from '../../contract/runState.ts'
import type { ProjectInfo } from '../../contract/project.ts'
import type { RunEvent, RunId } from '../../contract/runs.ts'
import type { Workbench } from '../../workbench/Workbench.ts'
import { durationText } from './Progress.ts'
import type { Progress } from './Progress.ts'
import { reportOf, RunTeller } from './runReport.ts'
import { onInterrupt } from './terminal.ts'

/** What Ctrl-C ends at the moment; the last thing asked for counts. */
export interface Interrupts {
  readonly isInterrupted: boolean
  onStop(stop: () => void): void
  /** Takes the handlers back. */
  end(): void
}

export function listenToInterrupts(): Interrupts {
  let isInterrupted = false
  let stop = (): void => undefined
  const end = onInterrupt(() => {
    isInterrupted = true
    stop()
  })
  return {
    get isInterrupted() {
      return isInterrupted
    },
    onStop: (act) => (stop = act),
    end,
  }
}

/**
 * Starts a run, tells a person how it goes until it has ended, and reports.
 *
 * @param options.before what the run had said before, where it goes on
 * @returns the exit code
 */
export async function followRun(
  workbench: Workbench,
  options: {
    readonly start: () => Promise<RunId>
    readonly before: readonly RunEvent[]
    readonly info: ProjectInfo
    readonly isJson: boolean
    readonly progress: Progress
    readonly interrupts: Interrupts
  },
): Promise<number> {
  const { info, isJson, progress, interrupts } = options
  const started = performance.now()
  const { run, ended } = begin(workbench, options)
  interrupts.onStop(() => {
    progress.line('stopping at the next step; once more ends at once')
    void run.then((id) => workbench.commandRun({ run: id, command: 'stop' })).catch(() => undefined)
  })
  const { state } = await ended
  const report = reportOf(state, info, (performance.now() - started) / 1000)
  if (isJson) process.stdout.write(`${JSON.stringify(report)}\n`)
  progress.line(`${report.epochs} epochs in ${durationText(report.seconds)}: ${info.folder}`)
  if (interrupts.isInterrupted) return 130
  return state.phase === 'done' ? 0 : 1
}

/** `ended` resolves when the run has ended, and is rejected when it cannot start. */
function begin(
  workbench: Workbench,
  {
    start,
    before,
    progress,
  }: {
    readonly start: () => Promise<RunId>
    readonly before: readonly RunEvent[]
    readonly progress: Progress
  },
): { readonly run: Promise<RunId>; readonly ended: Promise<RunTeller> } {
  let teller: RunTeller | null = null
  const tellerOf = (run: RunId) =>
    (teller ??= new RunTeller(before.reduce(foldRun, emptyRun(run)), progress))
  let stop = (): void => undefined
  const lastEvent = new Promise<void>((resolve) => {
    stop = workbench.listen((name, event) => {
      if (name !== 'run') return
      tellerOf(event.run).tell(event)
      if (event.kind === 'ended') resolve()
    })
  })
  const run = start()
  const ended = run
    .then(async (id) => {
      await lastEvent
      return tellerOf(id)
    })
    .finally(stop)
  return { run, ended }
}
