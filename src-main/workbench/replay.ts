import type { JudgedPair } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunId } from '../contract/runs.ts'
import { emptyRun, foldRun } from '../contract/runState.ts'
import type { ReplayChoices } from '../contract/series.ts'
import { readRunEvents } from '../training/runFolder.ts'
import { forkableEpochs } from './forkRun.ts'
import { summariseRun } from './runFolders.ts'

/** Where a run can be replayed from, and what that costs. */
export async function replayChoicesOf(
  run: RunId,
  runFolder: string,
  verdicts: readonly JudgedPair[],
): Promise<ReplayChoices> {
  const events = await readRunEvents(runFolder)
  const { config, epochs } = events.reduce(foldRun, emptyRun(run))
  const total = config?.settings.epochs ?? 0
  const last = epochs.at(-1)
  return {
    epochs: total,
    starts: (await forkableEpochs(runFolder)).filter((epoch) => epoch < total),
    secondsPerEpoch: last && last.epoch > 0 ? last.trainingSeconds / last.epoch : null,
    verdicts: verdicts.length,
  }
}

/** Throws `bad-request` for a run that has no last epochs yet, or not the state that they begin with. */
export async function expectReplayable(
  { run, fromEpoch }: { readonly run: RunId; readonly fromEpoch: number },
  runFolder: string,
): Promise<void> {
  const { phase } = await summariseRun(runFolder, run)
  if (phase !== 'done')
    throw new WorkbenchError(
      'bad-request',
      `Run ${run} has not done all its epochs, so that there are no last ones to replay. Let it go on ` +
        'to its end first.',
    )
  if (!(await forkableEpochs(runFolder)).includes(fromEpoch))
    throw new WorkbenchError(
      'bad-request',
      `The state of run ${run} after epoch ${fromEpoch} is not kept. Replay it from the beginning.`,
    )
}
