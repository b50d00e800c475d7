import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JudgedPair, TrainingImages } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import { emptyRun, foldRun, summaryOf } from '../contract/runState.ts'
import type { RunSummary } from '../contract/runState.ts'
import type { RunConfig, RunEvent, RunId } from '../contract/runs.ts'
import type { ImportedBackbone } from '../model/imported/importBackbone.ts'
import {
  createRunFolder,
  openEventLog,
  readRunConfig,
  readRunEvents,
} from '../training/runFolder.ts'
import { writeImportedWeights } from '../training/startWeights.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'

const runName = /^\d{4}-\d{2}-\d{2}-\d+$/

/** The runs of a project, the first one first. */
export async function listRuns(runsFolder: string): Promise<readonly RunId[]> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory() && runName.test(entry.name))
  const byDayAndCounter = new Intl.Collator('en', { numeric: true })
  return names.map(({ name }) => name).sort((a, b) => byDayAndCounter.compare(a, b))
}

/** The next free name of a day: `2026-11-24-3`. */
export async function nextRunId(runsFolder: string, now: Date): Promise<RunId> {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const counters = (await listRuns(runsFolder))
    .filter((run) => run.startsWith(`${day}-`))
    .map((run) => Number(run.slice(day.length + 1)))
  return `${day}-${Math.max(0, ...counters) + 1}`
}

/**
 * Makes the folder of a run that is ready to be trained: its configuration, its images, and the weights of
 * an imported backbone.
 */
export async function createRun(
  runFolder: string,
  parts: {
    readonly config: RunConfig
    readonly images: TrainingImages
    readonly imported: ImportedBackbone | null
  },
): Promise<void> {
  const { config, images, imported } = parts
  await createRunFolder(runFolder, config)
  if (imported) await writeImportedWeights(runFolder, config, imported)
  const { ids, labels, splits, ...rest } = images
  const columns = { ids: [...ids], labels: [...labels], splits: [...(splits ?? [])] }
  const plain = { version: 1, ...rest, ...columns }
  await writeFileSafely(join(runFolder, 'images.json'), JSON.stringify(plain))
}

/**
 * The images as the run first saw them: a run that goes on must see the same ones under the same
 * labels, whatever has happened to the project since.
 */
export async function readRunImages(runFolder: string): Promise<TrainingImages> {
  const path = join(runFolder, 'images.json')
  try {
    const plain = JSON.parse(await readFile(path, 'utf8')) as {
      readonly ids: readonly number[]
      readonly paths: readonly string[]
      readonly hashes: readonly string[]
      readonly twins?: readonly string[]
      readonly labels: readonly number[]
      readonly labelNames: readonly string[]
      readonly splits?: readonly number[]
      readonly labelParents?: readonly (string | null)[]
      readonly verdicts?: readonly JudgedPair[]
    }
    return {
      ...plain,
      ids: Int32Array.from(plain.ids),
      labels: Int32Array.from(plain.labels),
      // Missing in runs of old.
      splits: Uint8Array.from(plain.ids, (_, i) => plain.splits?.[i] ?? 0),
    }
  } catch (cause) {
    throw new WorkbenchError('io', `The run’s list of images ${path} cannot be read.`, { cause })
  }
}

/** One line of the list of runs. A damaged run is in the list too, as failed. */
export async function summariseRun(runFolder: string, run: RunId): Promise<RunSummary> {
  const config = await readRunConfig(runFolder).catch(() => null)
  try {
    const events = await readRunEvents(runFolder)
    const state = withoutRepeatedSteps(events).reduce(foldRun, emptyRun(run))
    return summaryOf({ ...state, config: state.config ?? config })
  } catch {
    return { ...summaryOf(emptyRun(run)), phase: 'failed', config }
  }
}

/**
 * Ends a run that the process that trained it could not end itself. Null if it had ended.
 *
 * @param end.at ISO 8601
 */
export async function endRun(
  runFolder: string,
  run: RunId,
  end: Omit<Extract<RunEvent, { kind: 'ended' }>, 'run' | 'kind'>,
): Promise<RunEvent | null> {
  const events = await readRunEvents(runFolder)
  if (events.at(-1)?.kind === 'ended') return null
  const event: RunEvent = { run, kind: 'ended', ...end }
  const log = await openEventLog(runFolder)
  try {
    await log.append(event)
  } finally {
    await log.close()
  }
  return event
}

/** A summary needs no loss of any step, and a long run has very many of them. */
function withoutRepeatedSteps(events: readonly RunEvent[]): RunEvent[] {
  return events.filter((event, i) => event.kind !== 'steps' || events[i + 1]?.kind !== 'steps')
}
