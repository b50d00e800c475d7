import { copyFile, cp, link, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingImages } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig, RunEvent, RunId } from '../contract/runs.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { checkpointEpochs } from '../training/checkpoint.ts'
import { readRunEvents, runFiles } from '../training/runFolder.ts'
import { createRun } from './runFolders.ts'

/** A run that begins where another one was after an epoch. */
interface Fork {
  readonly run: RunId
  readonly runFolder: string
  readonly config: RunConfig
  readonly images: TrainingImages
  /** 0: from the beginning, which takes nothing from the other run. */
  readonly fromEpoch: number
}

/**
 * Epochs that a run can be forked from, ascending: those whose checkpoint is still there. 0 always can be,
 * as the untrained network comes from the seed.
 */
export async function forkableEpochs(runFolder: string): Promise<readonly number[]> {
  const events = await readRunEvents(runFolder)
  const told = new Set(events.flatMap((event) => (event.kind === 'checkpoint' ? event.epoch : [])))
  const kept = await checkpointEpochs(runFolder)
  return [0, ...kept.filter((epoch) => epoch > 0 && told.has(epoch))]
}

/**
 * Makes a run that is ready to go on from another run's checkpoint, with all that the other one had said
 * and embedded by then, so that it can be looked at like any run.
 *
 * @throws WorkbenchError `not-found` where the checkpoint is not kept
 */
export async function forkRun(sourceFolder: string, fork: Fork): Promise<void> {
  const { run, runFolder, config, images, fromEpoch } = fork
  if (!(await forkableEpochs(sourceFolder)).includes(fromEpoch))
    throw new WorkbenchError(
      'not-found',
      `The state after epoch ${fromEpoch} is not kept. Start from another epoch, or from the beginning.`,
    )
  await createRun(runFolder, { config, images, imported: null })
  if (config.imported) await copyFile(runFiles.backbone(sourceFolder), runFiles.backbone(runFolder))
  if (fromEpoch === 0) return
  const checkpoint = String(fromEpoch)
  await cp(
    join(runFiles.checkpoints(sourceFolder), checkpoint),
    join(runFiles.checkpoints(runFolder), checkpoint),
    { recursive: true },
  )
  for (const folder of ['embeddings', 'sphere'])
    await linkEpochs(join(sourceFolder, folder), join(runFolder, folder), fromEpoch)
  const events = eventsUpTo(await readRunEvents(sourceFolder), fromEpoch)
  const lines = events.map((event) => `${JSON.stringify({ ...event, run })}\n`)
  await writeFileSafely(runFiles.events(runFolder), lines.join(''))
}

function eventsUpTo(events: readonly RunEvent[], epoch: number): readonly RunEvent[] {
  const end = events.findLastIndex((event) => event.kind === 'checkpoint' && event.epoch === epoch)
  return events
    .slice(0, end + 1)
    .filter(({ kind }) => !['ended', 'paused', 'resumed', 'preparing'].includes(kind))
}

/** Files are never changed in place, so both runs can have one and the same. */
async function linkEpochs(from: string, to: string, last: number): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from).catch(() => [])) {
    const epochs = /^(?:axes-)?(\d+)(?:-(\d+))?(?:\.features)?\.(?:npy|json)$/.exec(name)
    if (epochs === null || Number(epochs[1]) > last || Number(epochs[2] ?? 0) > last) continue
    // Some file systems have no links.
    await link(join(from, name), join(to, name)).catch(() =>
      copyFile(join(from, name), join(to, name)),
    )
  }
}
