import { mkdir, open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import { runConfigVersion, upgradedRunConfig } from '../contract/runConfig.ts'
import type { StoredRunConfig } from '../contract/runConfig.ts'
import type { RunConfig, RunEvent } from '../contract/runs.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { defaultOf } from './parameters.ts'

/** Where the parts of a run lie in its folder. */
export const runFiles = {
  config: (runFolder: string) => join(runFolder, 'config.json'),
  events: (runFolder: string) => join(runFolder, 'events.jsonl'),
  checkpoints: (runFolder: string) => join(runFolder, 'checkpoints'),
  /** Weights of an imported backbone before the first step: float32, little endian, in its layers' order. */
  backbone: (runFolder: string) => join(runFolder, 'backbone.bin'),
  embedding: (runFolder: string, epoch: number) => join(runFolder, 'embeddings', `${epoch}.npy`),
} as const

/** Makes the run's folder and writes its configuration, which never changes again. */
export async function createRunFolder(runFolder: string, config: RunConfig): Promise<void> {
  await mkdir(runFolder, { recursive: true })
  await writeFileSafely(runFiles.config(runFolder), `${JSON.stringify(config, null, 2)}\n`)
}

/** @throws WorkbenchError `newer-version` for a run of a newer Antipode, `io` for an unreadable one */
export async function readRunConfig(runFolder: string): Promise<RunConfig> {
  const path = runFiles.config(runFolder)
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new WorkbenchError('io', `The run’s configuration ${path} cannot be read.`, { cause })
  }
  const version: unknown =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : null
  if (typeof version === 'number' && version > runConfigVersion)
    throw new WorkbenchError(
      'newer-version',
      `The run was made by a newer Antipode (version ${version} of its configuration).`,
    )
  if (typeof version !== 'number')
    throw new WorkbenchError('io', `${path} is not the configuration of a run.`)
  return withAllParameters(upgradedRunConfig(parsed as StoredRunConfig))
}

/** The configuration that the run last went on with: perhaps on another engine than it began on. */
export async function readLastConfig(runFolder: string): Promise<RunConfig> {
  const config = await readRunConfig(runFolder)
  const started = (await readRunEvents(runFolder)).findLast((event) => event.kind === 'started')
  return started ? { ...config, engine: started.config.engine } : config
}

/** Parameters that a loss has got since have the values that they had in effect. */
function withAllParameters(config: RunConfig): RunConfig {
  const { regime, loss } = config
  const specs = lossCatalogue.find(({ name }) => name === loss.name)?.parameters ?? []
  const defaults = Object.fromEntries(specs.map((spec) => [spec.name, defaultOf(spec, regime)]))
  return { ...config, loss: { ...loss, params: { ...defaults, ...loss.params } } }
}

/** Appends to `events.jsonl`. */
export interface EventLog {
  /** Resolves when the line is written, for events that change what a run is also when it is on disk. */
  append(event: RunEvent): Promise<void>
  /** Callable twice. */
  close(): Promise<void>
}

/** Opens the log for appending; a line that was torn by a crash is cut off first. */
export async function openEventLog(runFolder: string): Promise<EventLog> {
  const file = await open(runFiles.events(runFolder), 'a+')
  await cutTornLine(file)
  let isOpen = true
  return {
    async append(event) {
      await file.appendFile(`${JSON.stringify(event)}\n`)
      if (isLasting(event)) await file.datasync()
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      await file.close()
    },
  }
}

/** All whole lines; a torn last line, as a crash leaves it, is passed over. None if there is no file. */
export async function readRunEvents(runFolder: string): Promise<readonly RunEvent[]> {
  let text: string
  try {
    text = await readFile(runFiles.events(runFolder), 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw new WorkbenchError('io', `The run’s events in ${runFolder} cannot be read.`, { cause })
  }
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines.flatMap((line, i) => {
    if (line === '') return []
    try {
      return [JSON.parse(line) as RunEvent]
    } catch (cause) {
      const place = `${runFiles.events(runFolder)}, line ${i + 1}`
      throw new WorkbenchError('io', `${place} is damaged.`, { cause })
    }
  })
}

function isLasting({ kind }: RunEvent): boolean {
  return kind !== 'steps' && kind !== 'preparing'
}

async function cutTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  const tail = Buffer.alloc(Math.min(size, 65_536))
  await file.read(tail, 0, tail.length, size - tail.length)
  const end = tail.lastIndexOf('\n')
  if (end < tail.length - 1) await file.truncate(size - tail.length + end + 1)
}
