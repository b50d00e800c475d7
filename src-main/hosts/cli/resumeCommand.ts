import { dirname } from 'node:path'
import { engineKinds } from '../../contract/engines.ts'
import type { EngineKind } from '../../contract/engines.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import { followRun, listenToInterrupts } from './followRun.ts'
import { readFlags, textOf } from './flags.ts'
import type { Flags } from './flags.ts'
import { Progress } from './Progress.ts'
import { runPlaceOf } from './runPlace.ts'

/**
 * `resume RUN`: goes on from the last checkpoint of a run that was stopped, interrupted or failed. Returns
 * the exit code.
 */
export async function resumeCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, {
    project: { type: 'string' },
    engine: { type: 'string' },
    json: { type: 'boolean' },
  })
  const [name, ...more] = flags.positionals
  if (name === undefined || more.length > 0)
    throw new WorkbenchError('bad-request', 'Name one run: antipode resume RUN [--project DIR]')
  const engine = engineIn(flags)
  const { run, runFolder } = await runPlaceOf(name, textOf(flags, 'project'))
  const progress = new Progress(process.stderr)
  const { openWorkbench } = await import('./openWorkbench.ts')
  const workbench = openWorkbench()
  const interrupts = listenToInterrupts()
  try {
    const info = await workbench.openFolder({ folder: dirname(dirname(runFolder)) })
    // The run goes on with the images that it began with, whatever has come or gone since.
    await workbench.cancelScan()
    const before = await workbench.runEvents({ run })
    return await followRun(workbench, {
      start: async () => {
        await workbench.continueRun({ run, engine })
        return run
      },
      before,
      info,
      isJson: flags.values['json'] === true,
      progress,
      interrupts,
    })
  } finally {
    progress.clear()
    await workbench.dispose()
    interrupts.end()
  }
}

/** Undefined: the one that it last ran on. */
function engineIn(flags: Flags): EngineKind | undefined {
  const text = textOf(flags, 'engine')
  if (text === undefined) return undefined
  const engine = engineKinds.find((kind) => kind === text)
  if (engine) return engine
  throw new WorkbenchError(
    'bad-request',
    `There is no engine ${text}; there are ${engineKinds.join(', ')}.`,
  )
}
