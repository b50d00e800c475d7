import { readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWeights, weightsFrom } from '../../../src-main/model/weights.ts'
import { networkOf } from '../../../src-main/training/networkOf.ts'
import { loadLastCheckpoint } from '../../../src-main/training/checkpoint.ts'
import { readRunConfig } from '../../../src-main/training/runFolder.ts'
import { createStartWeights } from '../../../src-main/training/startWeights.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { forkRun } from '../../../src-main/workbench/forkRun.ts'
import { artifactsOf, mobileModel, writeModel } from '../model/imported/storedModels.ts'
import { makeImages, makeRun } from './madeRun.ts'
import type { MadeImages } from './madeRun.ts'

let made: MadeImages
let model: string
beforeAll(async () => {
  made = await makeImages(3, 8)
  model = join(made.folder, 'model')
  const engine = await openEngine('cpu')
  await writeModel(model, await artifactsOf(mobileModel()))
  engine.dispose()
})
afterAll(() => made.dispose())

const quick = { epochs: 2, batchSize: 12, dim: 4, holdout: 0, learningRate: 0.01 }

/** Imported and other weights of the last checkpoint, beside those that the run began with. */
async function weightsOf(runFolder: string) {
  const config = await readRunConfig(runFolder)
  const network = networkOf(config.settings, config.imported)
  const start = await createStartWeights(runFolder, network, config)
  const last = weightsFrom(network, (await loadLastCheckpoint(runFolder))!.weights)
  const changed = start.specs.filter(({ name }) => {
    const before = start.view(name)
    return last.view(name).some((value, i) => value !== before[i])
  })
  return { start, changed: changed.map(({ name }) => name) }
}

it.each(['native', 'wasm'] as const)(
  'trains on from an imported backbone on %s',
  async (engine) => {
    const settings = { ...quick, modelFile: model }
    const run = await makeRun(made, {
      regime: 'metric',
      settings,
      name: `trained ${engine}`,
      engine,
    })
    expect(run.request.config.settings).toMatchObject({ backbone: 'imported', imageSize: 17 })
    // The run has its own copy.
    await run.start()
    expect(run.events.at(-1)).toMatchObject({ kind: 'ended', reason: 'done' })
    const { start, changed } = await weightsOf(run.runFolder)
    const fresh = createWeights(
      networkOf(run.request.config.settings, run.request.config.imported),
      run.request.config.settings.seed,
    )
    expect(start.view('backbone/stem/kernel')).not.toEqual(fresh.view('backbone/stem/kernel'))
    expect(start.view('projector/output/kernel')).toEqual(fresh.view('projector/output/kernel'))
    expect(changed).toContain('backbone/stem/kernel')
    expect(changed).toContain('projector/output/kernel')
    // A fork begins with the same ones.
    const { config, images } = run.request
    const fork = join(made.folder, 'runs', `fork ${engine}`)
    await forkRun(run.runFolder, { run: 'fork', runFolder: fork, config, images, fromEpoch: 0 })
    const network = networkOf(config.settings, config.imported)
    expect((await createStartWeights(fork, network, config)).trainable).toEqual(start.trainable)
  },
)

it('leaves a frozen backbone as it is, and goes on to the same bits without the file', async () => {
  const file = join(made.folder, 'moved')
  const engine = await openEngine('cpu')
  await writeModel(file, await artifactsOf(mobileModel()), { type: 'uint8' })
  engine.dispose()
  const settings = { ...quick, modelFile: file, importedWeights: 'frozen', tap: 'sum' }
  const whole = await makeRun(made, { regime: 'metric', settings, name: 'frozen' })
  const halves = await makeRun(made, { regime: 'metric', settings, name: 'frozen halves' })
  expect(whole.request.config.imported?.tap).toBe('sum')
  await rm(file, { recursive: true })
  await whole.start()
  halves.onEvent = (event, { control }) => {
    if (event.kind === 'epoch' && event.epoch === 1) control.command('stop')
  }
  await halves.start()
  halves.onEvent = () => undefined
  await halves.start(true)
  expect(halves.events.at(-1)).toMatchObject({ kind: 'ended', reason: 'done' })
  expect(halves.embeddings.get(2)).toEqual(whole.embeddings.get(2))
  const { changed } = await weightsOf(whole.runFolder)
  expect(changed.length).toBeGreaterThan(0)
  expect(changed.every((name) => name.startsWith('projector/'))).toBe(true)
})

it('says what is wrong with the copy in the run’s folder', async () => {
  const settings = { ...quick, modelFile: model }
  const run = await makeRun(made, { regime: 'metric', settings, name: 'damaged' })
  const copy = join(run.runFolder, 'backbone.bin')
  await truncate(copy, (await readFile(copy)).length - 4)
  await run.start()
  expect(run.events.at(-1)).toMatchObject({
    reason: 'failed',
    message: expect.stringMatching(/backbone\.bin holds \d+ bytes, expected \d+/) as string,
  })
})

it('is not mistaken for another backbone, nor taken where it is missing', () => {
  const loss = { name: 'supcon', params: {} }
  const request = { regime: 'metric', engine: 'auto', loss } as const
  const of = (settings: Record<string, string>) =>
    resolveRunConfig({ ...request, settings }, 'native')
  expect(() => of({ backbone: 'imported' })).toThrow(/none is named\. Name the model\.json/)
  expect(of({ backbone: 'cnn', modelFile: model }).settings.backbone).toBe('cnn')
  expect(of({ backbone: 'cnn', modelFile: model }).imported).toBeUndefined()
})
