import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src-main/contract/runs.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import {
  createRunFolder,
  openEventLog,
  readLastConfig,
  readRunConfig,
  readRunEvents,
  runFiles,
} from '../../../src-main/training/runFolder.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'antipode-runs-')), '2026-11-24-1')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

const config = resolveRunConfig(
  { regime: 'metric', engine: 'auto', loss: { name: 'supcon', params: {} }, settings: {} },
  'native',
)
const eventAt = (epoch: number): RunEvent => ({ run: '2026-11-24-1', kind: 'embedded', epoch })

describe('a run’s folder', () => {
  it('gives its configuration back', async () => {
    await createRunFolder(folder, config)
    expect(await readRunConfig(folder)).toEqual(config)
  })

  it('says what an older run did that could not be asked for then', async () => {
    await createRunFolder(folder, config)
    const older = JSON.parse(await readFile(runFiles.config(folder), 'utf8')) as {
      settings: Record<string, unknown>
    }
    Reflect.deleteProperty(older, 'miner')
    const added = [
      'backbone',
      ...['modelFile', 'importedWeights', 'tap', 'inputRange'],
      'dropout',
      'optimizer',
      'momentum',
      'clip',
      'averaging',
      'averagingDecay',
    ]
    for (const name of added) Reflect.deleteProperty(older.settings, name)
    for (const name of ['sampler', 'memorySize', 'temperatureSchedule'])
      Reflect.deleteProperty(older.settings, name)
    await writeFile(
      runFiles.config(folder),
      JSON.stringify({ ...older, version: 1, loss: { name: 'supcon', params: {} } }),
    )
    const upgraded = await readRunConfig(folder)
    expect(upgraded).toEqual({ ...config, settings: { ...config.settings, memoryWarmup: 1 } })
    expect(upgraded.settings).toMatchObject({
      epochs: config.settings.epochs,
      ...{ backbone: 'cnn', dropout: 0 },
      ...{ optimizer: 'adamw', momentum: 0.9, clip: 0, averaging: 'none' },
    })
  })

  it('knows the engine that it last went on with', async () => {
    await createRunFolder(folder, config)
    expect(await readLastConfig(folder)).toEqual(config)
    const images = { training: 4, heldOut: 0, trainingLabels: 2, heldOutLabels: 0 }
    const started = { device: '', images, protocol: '', stepsPerEpoch: 1, at: '', fromEpoch: 0 }
    const log = await openEventLog(folder)
    for (const engine of ['native', 'wasm'] as const)
      await log.append({ run: 'a', kind: 'started', config: { ...config, engine }, ...started })
    await log.append(eventAt(1))
    await log.close()
    expect(await readLastConfig(folder)).toEqual({ ...config, engine: 'wasm' })
  })

  it('says when the configuration is missing, damaged or of a newer version', async () => {
    await expect(readRunConfig(folder)).rejects.toMatchObject({ code: 'io' })
    await createRunFolder(folder, config)
    await writeFile(runFiles.config(folder), '{"version":99}')
    await expect(readRunConfig(folder)).rejects.toMatchObject({ code: 'newer-version' })
    await writeFile(runFiles.config(folder), '[]')
    await expect(readRunConfig(folder)).rejects.toMatchObject({ code: 'io' })
  })

  it('gives its events back in order, over several openings', async () => {
    await createRunFolder(folder, config)
    expect(await readRunEvents(folder)).toEqual([])
    for (const epochs of [[0, 1], [2]]) {
      const log = await openEventLog(folder)
      for (const epoch of epochs) await log.append(eventAt(epoch))
      await log.close()
      await log.close()
    }
    expect(await readRunEvents(folder)).toEqual([0, 1, 2].map(eventAt))
  })

  it('passes over a torn last line, and cuts it off before it appends', async () => {
    await createRunFolder(folder, config)
    const log = await openEventLog(folder)
    await log.append(eventAt(0))
    await log.close()
    await appendFile(runFiles.events(folder), '{"run":"2026-11-24-1","ki')
    expect(await readRunEvents(folder)).toEqual([eventAt(0)])

    const again = await openEventLog(folder)
    await again.append(eventAt(1))
    await again.close()
    expect(await readRunEvents(folder)).toEqual([eventAt(0), eventAt(1)])
    expect((await readFile(runFiles.events(folder), 'utf8')).split('\n')).toHaveLength(3)
  })

  it('names the line that is damaged in the middle', async () => {
    await createRunFolder(folder, config)
    await writeFile(runFiles.events(folder), `${JSON.stringify(eventAt(0))}\nnonsense\n{}\n`)
    await expect(readRunEvents(folder)).rejects.toThrow('line 2')
  })
})
