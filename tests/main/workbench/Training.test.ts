import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ComputeApi, TrainRequest } from '../../../src-main/contract/compute.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import type { RunEvent } from '../../../src-main/contract/runs.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { createRunFolder, readRunEvents } from '../../../src-main/training/runFolder.ts'
import { Training } from '../../../src-main/workbench/Training.ts'

let runFolder: string
beforeEach(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'antipode-training-'))
})
afterEach(() => rm(runFolder, { recursive: true }))

const config = resolveRunConfig(
  { regime: 'metric', engine: 'auto', loss: { name: 'supcon', params: {} }, settings: {} },
  'webgpu',
)
const lost = () => new WorkbenchError('device-lost', 'The device of webgpu was lost: reset')
const dead = () => new WorkbenchError('compute-died', 'The compute process 7 was ended by SIGSEGV.')

/** Trains in processes that each do the next thing of a list. */
async function runThrough(ends: readonly (() => Error | null)[], nextEngine: 'wasm' | null) {
  await createRunFolder(runFolder, config)
  const requests: TrainRequest[] = []
  const events: RunEvent[] = []
  let processes = 0
  const training = new Training({
    start: (listener) => {
      const end = ends[processes++]
      const api: Partial<ComputeApi> = {
        train(request) {
          requests.push(request)
          const error = end?.() ?? null
          if (error) return Promise.reject(error)
          listener.run({ run: request.run, kind: 'ended', reason: 'done', message: null, at: '' })
          return Promise.resolve()
        },
      }
      return { api: api as ComputeApi, pid: processes, dispose: () => undefined }
    },
    announceRun: (event) => events.push(event),
    announceSphere: () => undefined,
    now: () => new Date('2026-11-24T10:00:00Z'),
  })
  const none = new Int32Array()
  training.start({
    run: 'a',
    config,
    runFolder,
    pixelsFolder: '',
    images: { ids: none, paths: [], hashes: [], labels: none, labelNames: [] },
    isContinuation: false,
    isRecovery: false,
    nextEngine,
  })
  await expect.poll(() => events.some(({ kind }) => kind === 'ended')).toBe(true)
  await training.expectIdle()
  return { requests, processes, end: events.find(({ kind }) => kind === 'ended') }
}

describe('a run whose device is lost', () => {
  it('goes on from its last checkpoint in another process, once', async () => {
    const { requests, processes, end } = await runThrough([lost, () => null], 'wasm')
    expect(requests.map(({ isContinuation, isRecovery }) => [isContinuation, isRecovery])).toEqual([
      [false, false],
      [true, true],
    ])
    expect(processes).toBe(2)
    expect(end).toMatchObject({ reason: 'done' })
  })
})

describe('a run whose process dies', () => {
  it('is interrupted, and names the engine to go on with', async () => {
    const { processes, end } = await runThrough([dead], 'wasm')
    expect(processes).toBe(1)
    expect(end).toMatchObject({ reason: 'interrupted', nextEngine: 'wasm' })
    expect(end).toHaveProperty(
      'message',
      expect.stringMatching(/SIGSEGV.*again on webgpu.*on wasm/),
    )
    expect(await readRunEvents(runFolder)).toEqual([end])
  })

  it('names none where no other runs', async () => {
    const { end } = await runThrough([dead], null)
    expect(end).toMatchObject({ reason: 'interrupted', message: dead().message })
    expect(end).not.toHaveProperty('nextEngine')
  })
})
