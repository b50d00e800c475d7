import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { WeightBuffers } from '../model/weights.ts'
import type { OptimizerSlots } from './optimizers/optimizer.ts'
import type { AverageState } from './optimizers/weightAverage.ts'
import { runFiles } from './runFolder.ts'
import { syncFolder, writeToDisk } from '../numeric/writeSafely.ts'

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly weights: WeightBuffers
  readonly slots: OptimizerSlots
  /** The mean of the weights; null where the run takes none. */
  readonly average: AverageState | null
  readonly progress: Progress
  /** State of what a run has besides: variables of the loss, a memory. Empty for most. */
  readonly more: NamedArrays
}

/** Keys say what an array is and whose: `loss/proxies/values`. */
export type NamedArrays = Readonly<Record<string, Float32Array | Int32Array>>

/** How far a run is. */
export interface Progress {
  /** Whole epochs done. */
  readonly epoch: number
  /** Losses of the steps of the epoch after it that are done; empty at the end of an epoch. */
  readonly losses: readonly number[]
  /** Time spent in steps since the run began, s. */
  readonly trainingSeconds: number
}

interface StateFile {
  /** 2 added `more`, `slots` and `averaged`. */
  readonly version: 1 | 2
  readonly progress: Progress
  readonly optimizerSteps: number
  /** Buffers in `optimizer.bin`, each as long as `trainable`; 2 if missing. */
  readonly slots?: number
  /** Updates in the mean of `average.bin`, which is laid out as `weights.bin`; no such file if missing. */
  readonly averaged?: number
  /** Numbers in `weights.bin`: trainable values, then statistics, float32 little endian. */
  readonly trainable: number
  readonly statistics: number
  /** Arrays in `more.bin`, one after the other, four bytes a number, little endian. */
  readonly more?: readonly ArrayEntry[]
}

interface ArrayEntry {
  readonly name: string
  readonly type: 'float32' | 'int32'
  readonly length: number
}

/** Whole epochs whose checkpoints are kept, the last ones. */
const keptEpochs = 2

/** Of earlier ones some are kept too, to start again from, as long as they are no larger than this. */
const largestMilestoneBytes = 2 ** 26

/**
 * Writes `checkpoints/<epoch>/`, or `checkpoints/<epoch>+<steps>/` in the middle of an epoch, and
 * removes those that it makes needless. It is there whole or not at all.
 *
 * @returns its folder
 */
export async function saveCheckpoint(runFolder: string, checkpoint: Checkpoint): Promise<string> {
  const { weights, slots, average, progress, more } = checkpoint
  const arrays = Object.entries(more)
  const parent = runFiles.checkpoints(runFolder)
  const name = nameOf({ epoch: progress.epoch, steps: progress.losses.length })
  const draft = join(parent, `${name}.part`)
  const state: StateFile = {
    version: 2,
    progress,
    optimizerSteps: slots.steps,
    slots: slots.buffers.length,
    ...(average && { averaged: average.count }),
    trainable: weights.trainable.length,
    statistics: weights.statistics.length,
    more: arrays.map(([name, array]) => ({
      name,
      type: array instanceof Int32Array ? 'int32' : 'float32',
      length: array.length,
    })),
  }
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  await writeToDisk(join(draft, 'weights.bin'), bytesOf(weights.trainable, weights.statistics))
  await writeToDisk(join(draft, 'optimizer.bin'), bytesOf(...slots.buffers))
  if (average) {
    const { trainable, statistics } = average.weights
    await writeToDisk(join(draft, 'average.bin'), bytesOf(trainable, statistics))
  }
  if (arrays.length > 0)
    await writeToDisk(join(draft, 'more.bin'), bytesOf(...arrays.map(([, array]) => array)))
  await writeToDisk(join(draft, 'state.json'), `${JSON.stringify(state)}\n`)
  await syncFolder(draft)
  await rm(join(parent, name), { recursive: true, force: true })
  await rename(draft, join(parent, name))
  await syncFolder(parent)
  await removeNeedless(parent, bytesIn(checkpoint))
  return join(parent, name)
}

/** The furthest checkpoint, or null. @throws WorkbenchError as {@link loadCheckpoint} */
export async function loadLastCheckpoint(runFolder: string): Promise<Checkpoint | null> {
  const parent = runFiles.checkpoints(runFolder)
  const last = (await marksIn(parent)).at(-1)
  return last ? loadCheckpoint(join(parent, nameOf(last))) : null
}

/** What was saved at the end of an epoch; null where that was not kept. @throws as {@link loadCheckpoint} */
export async function loadCheckpointOf(
  runFolder: string,
  epoch: number,
): Promise<Checkpoint | null> {
  const parent = runFiles.checkpoints(runFolder)
  const found = (await marksIn(parent)).find((mark) => mark.epoch === epoch && mark.steps === 0)
  return found ? loadCheckpoint(join(parent, nameOf(found))) : null
}

/**
 * The weights after the last whole epoch that its stored embedding was made with: their mean along the
 * way where the run takes one.
 */
export async function loadEpochWeights(
  runFolder: string,
): Promise<{ readonly epoch: number; readonly weights: WeightBuffers } | null> {
  const parent = runFiles.checkpoints(runFolder)
  const last = (await marksIn(parent)).findLast(({ steps }) => steps === 0)
  if (!last) return null
  const { weights, average } = await loadCheckpoint(join(parent, nameOf(last)))
  return { epoch: last.epoch, weights: average?.weights ?? weights }
}

/** Whole epochs that have a checkpoint, ascending. */
export async function checkpointEpochs(runFolder: string): Promise<readonly number[]> {
  const marks = await marksIn(runFiles.checkpoints(runFolder))
  return marks.flatMap(({ epoch, steps }) => (steps === 0 ? [epoch] : []))
}

/** @throws WorkbenchError `io` when it is damaged, `newer-version` when a newer Antipode wrote it */
async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as StateFile
    if ((state.version as number) > 2)
      throw new WorkbenchError('newer-version', `${folder} was written by a newer Antipode.`)
    const { averaged } = state
    const buffers = await readBuffers(
      join(folder, 'optimizer.bin'),
      Array.from({ length: state.slots ?? 2 }, () => state.trainable),
    )
    const more = await readArrays(join(folder, 'more.bin'), state.more ?? [])
    return {
      weights: await readWeights(join(folder, 'weights.bin'), state),
      slots: { buffers, steps: state.optimizerSteps },
      average:
        averaged === undefined
          ? null
          : { weights: await readWeights(join(folder, 'average.bin'), state), count: averaged },
      progress: state.progress,
      more,
    }
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    throw new WorkbenchError('io', `The checkpoint ${folder} cannot be read.`, { cause })
  }
}

/** Where a checkpoint stands: whole epochs, and steps after them. */
interface Mark {
  readonly epoch: number
  readonly steps: number
}

function nameOf({ epoch, steps }: Mark): string {
  return steps === 0 ? `${epoch}` : `${epoch}+${steps}`
}

/** Whole checkpoints in a folder, the furthest last. */
async function marksIn(parent: string): Promise<readonly Mark[]> {
  let names: string[]
  try {
    names = await readdir(parent)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw new WorkbenchError('io', `The checkpoints in ${parent} cannot be listed.`, { cause })
  }
  return names
    .flatMap((name) => {
      const found = /^(\d+)(?:\+(\d+))?$/.exec(name)
      return found ? [{ epoch: Number(found[1]), steps: Number(found[2] ?? 0) }] : []
    })
    .sort((a, b) => a.epoch - b.epoch || a.steps - b.steps)
}

/** Keeps the last whole epochs, milestones before them, and the last checkpoint if it stands after them. */
async function removeNeedless(parent: string, bytes: number): Promise<void> {
  const marks = await marksIn(parent)
  const whole = marks.filter(({ steps }) => steps === 0)
  const apart = bytes > largestMilestoneBytes ? Infinity : milestonesApart(whole.at(-1)?.epoch ?? 0)
  const kept = [
    ...whole.filter(({ epoch }) => epoch > 0 && epoch % apart === 0),
    ...whole.slice(-keptEpochs),
    marks.at(-1),
  ]
  for (const mark of marks)
    if (!kept.includes(mark)) await rm(join(parent, nameOf(mark)), { recursive: true, force: true })
}

/** Doubles as a run goes on, so that there are never more than five of them and none is missed. */
function milestonesApart(lastEpoch: number): number {
  let apart = 5
  while (lastEpoch / apart > 5) apart *= 2
  return apart
}

function bytesIn({ weights, slots, average, more }: Checkpoint): number {
  const arrays = [
    ...[weights, average?.weights].flatMap((one) => (one ? [one.trainable, one.statistics] : [])),
    ...slots.buffers,
    ...Object.values(more),
  ]
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function bytesOf(...parts: readonly (Float32Array | Int32Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
  )
}

async function readArrays(path: string, entries: readonly ArrayEntry[]): Promise<NamedArrays> {
  if (entries.length === 0) return {}
  const words = await readWords(
    path,
    entries.reduce((sum, { length }) => sum + length, 0),
  )
  let offset = 0
  return Object.fromEntries(
    entries.map(({ name, type, length }) => {
      const part = words.slice(4 * offset, 4 * (offset + length))
      offset += length
      return [name, type === 'int32' ? new Int32Array(part) : new Float32Array(part)]
    }),
  )
}

async function readWeights(path: string, sizes: StateFile): Promise<WeightBuffers> {
  const [trainable = new Float32Array(), statistics = new Float32Array()] = await readBuffers(
    path,
    [sizes.trainable, sizes.statistics],
  )
  for (const values of [trainable, statistics])
    if (!values.every(Number.isFinite))
      throw new WorkbenchError(
        'io',
        `${path} holds numbers that are not finite, so that nothing can go on from it. Start the run ` +
          'again with a lower learning rate; if it was a copy, copy it again.',
      )
  return { trainable, statistics }
}

async function readBuffers(path: string, sizes: readonly number[]): Promise<Float32Array[]> {
  const count = sizes.reduce((sum, size) => sum + size, 0)
  const numbers = new Float32Array(await readWords(path, count))
  let end = 0
  return sizes.map((size) => numbers.slice(end, (end += size)))
}

/** The bytes of a file that must hold `count` numbers of four bytes. */
async function readWords(path: string, count: number): Promise<ArrayBuffer> {
  const bytes = await readFile(path)
  if (bytes.length !== 4 * count)
    throw new WorkbenchError('io', `${path} holds ${bytes.length} bytes, expected ${4 * count}.`)
  return new Uint8Array(bytes).buffer
}
