import { mkdtemp, readFile, readdir, rm, truncate, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  checkpointEpochs,
  loadEpochWeights,
  loadLastCheckpoint,
  saveCheckpoint,
} from '../../../src-main/training/checkpoint.ts'
import type { Checkpoint } from '../../../src-main/training/checkpoint.ts'

let runFolder: string
beforeEach(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'antipode-run-'))
})
afterEach(() => rm(runFolder, { recursive: true }))

function checkpointAt(epoch: number, losses: number[] = []): Checkpoint {
  const trainable = Float32Array.of(epoch, 0.1, -0)
  return {
    weights: { trainable, statistics: Float32Array.of(losses.length) },
    slots: { buffers: [trainable.map((x) => x / 3), trainable], steps: 7 * epoch },
    average: null,
    progress: { epoch, losses, trainingSeconds: 1.5 },
    more: {},
  }
}

const namesOf = async () => (await readdir(join(runFolder, 'checkpoints'))).sort()

describe('saveCheckpoint', () => {
  it('gives back every bit', async () => {
    const saved = checkpointAt(3, [1 / 3, 2.5])
    await saveCheckpoint(runFolder, saved)
    expect(await loadLastCheckpoint(runFolder)).toEqual(saved)
  })

  it('gives back whatever else a run has', async () => {
    const more = {
      'loss/proxies/values': Float32Array.of(0.1, -0, NaN),
      'loss/proxies/steps': Int32Array.of(-7, 2 ** 31 - 1),
      'loss/nothing': new Float32Array(),
    }
    const folder = await saveCheckpoint(runFolder, { ...checkpointAt(2), more })
    expect((await loadLastCheckpoint(runFolder))?.more).toEqual(more)
    await truncate(join(folder, 'more.bin'), 12)
    await expect(loadLastCheckpoint(runFolder)).rejects.toThrow('holds 12 bytes, expected 20')
  })

  it('reads what an older Antipode wrote, which had nothing else', async () => {
    const folder = await saveCheckpoint(runFolder, checkpointAt(2))
    const path = join(folder, 'state.json')
    const state = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    delete state['more']
    await writeFile(path, JSON.stringify({ ...state, version: 1 }))
    expect(await loadLastCheckpoint(runFolder)).toEqual(checkpointAt(2))
  })

  it('keeps the slots of any optimizer, and a mean of the weights, which is what epochs are known by', async () => {
    const one = checkpointAt(1)
    const average = {
      weights: { trainable: Float32Array.of(9, 8, 7), statistics: Float32Array.of(6) },
      count: 11,
    }
    const saved = { ...one, slots: { buffers: [one.weights.trainable], steps: 5 }, average }
    await saveCheckpoint(runFolder, saved)
    expect(await loadLastCheckpoint(runFolder)).toEqual(saved)
    expect((await loadEpochWeights(runFolder))?.weights).toEqual(average.weights)
  })

  it('reads one of the first version, which knew Adam only', async () => {
    const saved = checkpointAt(2)
    const folder = await saveCheckpoint(runFolder, saved)
    const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as object
    for (const name of ['slots', 'more']) Reflect.deleteProperty(state, name)
    await writeFile(join(folder, 'state.json'), JSON.stringify({ ...state, version: 1 }))
    expect(await loadLastCheckpoint(runFolder)).toEqual(saved)
  })

  it('keeps the last two epochs', async () => {
    for (const epoch of [0, 1, 2, 9, 10]) await saveCheckpoint(runFolder, checkpointAt(epoch))
    expect(await namesOf()).toEqual(['10', '9'])
    expect((await loadLastCheckpoint(runFolder))?.progress.epoch).toBe(10)
  })

  it('keeps some earlier epochs to start again from, never more than five', async () => {
    const kept = new Map<number, readonly number[]>()
    for (let epoch = 0; epoch <= 101; epoch++) {
      await saveCheckpoint(runFolder, checkpointAt(epoch))
      kept.set(epoch, await checkpointEpochs(runFolder))
    }
    expect(kept.get(6)).toEqual([5, 6])
    expect(kept.get(20)).toEqual([5, 10, 15, 19, 20])
    expect(kept.get(40)).toEqual([10, 20, 30, 39, 40])
    expect(kept.get(101)).toEqual([40, 80, 100, 101])
    expect(Math.max(...[...kept.values()].map(({ length }) => length))).toBeLessThanOrEqual(7)
  })

  it('keeps no earlier epoch of a network that takes much space', async () => {
    const large = (epoch: number) => ({
      ...checkpointAt(epoch),
      more: { rows: new Float32Array(2 ** 24 + 1) },
    })
    for (const epoch of [5, 6, 7]) await saveCheckpoint(runFolder, large(epoch))
    expect(await checkpointEpochs(runFolder)).toEqual([6, 7])
  })

  it('keeps a checkpoint inside an epoch until it is overtaken', async () => {
    await saveCheckpoint(runFolder, checkpointAt(1))
    await saveCheckpoint(runFolder, checkpointAt(1, [0.5, 0.4]))
    await saveCheckpoint(runFolder, checkpointAt(1, [0.5, 0.4, 0.3]))
    expect(await namesOf()).toEqual(['1', '1+3'])
    expect((await loadLastCheckpoint(runFolder))?.progress.losses).toHaveLength(3)
    expect((await loadEpochWeights(runFolder))?.weights.statistics[0]).toBe(0)
    await saveCheckpoint(runFolder, checkpointAt(2))
    expect(await namesOf()).toEqual(['1', '2'])
  })

  it('replaces one of the same name', async () => {
    await saveCheckpoint(runFolder, checkpointAt(1))
    const again = { ...checkpointAt(1), slots: { ...checkpointAt(1).slots, steps: 99 } }
    await saveCheckpoint(runFolder, again)
    expect((await loadLastCheckpoint(runFolder))?.slots.steps).toBe(99)
  })
})

describe('loadLastCheckpoint', () => {
  it('finds none in a folder that has none', async () => {
    expect(await loadLastCheckpoint(runFolder)).toBeNull()
    expect(await loadEpochWeights(runFolder)).toBeNull()
  })

  it('does not see what a crash left half written', async () => {
    await saveCheckpoint(runFolder, checkpointAt(1))
    await mkdir(join(runFolder, 'checkpoints', '2.part'))
    expect((await loadLastCheckpoint(runFolder))?.progress.epoch).toBe(1)
    await saveCheckpoint(runFolder, checkpointAt(2))
    expect(await namesOf()).toEqual(['1', '2'])
  })

  it('refuses one whose weights are not finite', async () => {
    const saved = checkpointAt(1)
    saved.weights.trainable[1] = NaN
    const folder = await saveCheckpoint(runFolder, saved)
    await expect(loadLastCheckpoint(runFolder)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining(`${join(folder, 'weights.bin')} holds numbers`) as string,
    })
  })

  it('says which checkpoint is damaged or from the future', async () => {
    const folder = await saveCheckpoint(runFolder, checkpointAt(1))
    const statePath = join(folder, 'state.json')
    const state = await readFile(statePath, 'utf8')
    await writeFile(statePath, state.replace('"version":2', '"version":3'))
    await expect(loadLastCheckpoint(runFolder)).rejects.toMatchObject({ code: 'newer-version' })
    await writeFile(statePath, state)
    await truncate(join(folder, 'weights.bin'), 5)
    await expect(loadLastCheckpoint(runFolder)).rejects.toThrow('5 bytes, expected 16')
  })
})
