import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ParameterValues } from '../../../src-main/contract/catalogue.ts'
import { emptyRun, foldRun } from '../../../src-main/contract/runState.ts'
import type { RunState } from '../../../src-main/contract/runState.ts'
import { samplers } from '../../../src-main/contract/runs.ts'
import { minerCatalogue } from '../../../src-main/losses/miners/catalogue.ts'
import { makeImages, makeRun } from './madeRun.ts'
import type { MadeImages, MadeRun } from './madeRun.ts'

const tiny = {
  imageSize: 16,
  width: 8,
  depth: 2,
  dim: 8,
  batchSize: 24,
  imagesPerLabel: 3,
  holdout: 0.4,
  epochs: 4,
}
const metric = { regime: 'metric' } as const
const contrastive = { regime: 'contrastive' } as const

let made: MadeImages
beforeAll(async () => {
  made = await makeImages(15, 6)
})
afterAll(() => made.dispose())

const stateOf = ({ events, request }: MadeRun): RunState =>
  events.reduce(foldRun, emptyRun(request.run))

async function checkpointOf({ runFolder }: MadeRun): Promise<readonly Buffer[]> {
  const parent = join(runFolder, 'checkpoints')
  const last = (await readdir(parent)).sort().at(-1)!
  const files = ['weights.bin', 'optimizer.bin', 'more.bin']
  const names = (await readdir(join(parent, last))).filter((name) => files.includes(name)).sort()
  return Promise.all(names.map((name) => readFile(join(parent, last, name))))
}

let runs = 0
async function trained(
  options: Omit<Parameters<typeof makeRun>[1], 'name' | 'settings'> & { settings: ParameterValues },
  images = made,
): Promise<{ run: MadeRun; state: RunState }> {
  const run = await makeRun(images, { ...options, name: `pairs ${++runs}` })
  await run.start()
  return { run, state: stateOf(run) }
}

describe('a cross-batch memory', () => {
  it('changes nothing in its warm-up, and trains after it', async () => {
    const without = await trained({ ...contrastive, settings: tiny })
    const settings = { ...tiny, memorySize: 60, memoryWarmup: 2 }
    const { state } = await trained({ ...contrastive, settings })
    const { stepsPerEpoch } = state
    const early = 2 * stepsPerEpoch
    expect(state.message).toBeNull()
    expect(state.losses.slice(0, early)).toEqual(without.state.losses.slice(0, early))
    // The first step after the warm-up finds the memory empty; the next has twice the negatives.
    expect(state.losses[early]).toBeCloseTo(without.state.losses[early]!, 4)
    expect(state.losses[early + 1]).toBeGreaterThan(without.state.losses[early + 1]! + 0.3)
    expect(state.memory).toBe(60)
    expect(state.losses.every(Number.isFinite)).toBe(true)
  })

  it('finds unseen labels better after training with it than before', async () => {
    const settings = { ...tiny, epochs: 15, augmentation: 0.5, memorySize: 100, memoryWarmup: 3 }
    const { state } = await trained({ ...metric, settings })
    const [before, after] = [state.epochs[0]!, state.epochs.at(-1)!]
    expect(after.score!.recallAt1).toBeGreaterThan(before.score!.recallAt1 + 0.15)
  })

  it.each([
    ['by label', { memoryKind: 'by-label' }],
    ['stored, with a momentum encoder', { memoryBatch: 'stored', memoryMomentum: 0.9 }],
    ['stored, of the steps’ own rows', { memoryBatch: 'stored', memoryOwn: 'positive' }],
  ])('goes on from a checkpoint to the same bits: %s', async (_, memory) => {
    const settings = { ...tiny, epochs: 3, memorySize: 48, memoryWarmup: 0, ...memory }
    const whole = await trained({ ...metric, settings })
    expect(whole.state.message).toBeNull()
    const parts = await makeRun(made, { ...metric, settings, name: `parts ${++runs}` })
    parts.onEvent = (event, { control }) => {
      if (event.kind === 'steps' && event.epoch === 2) control.command('stop')
    }
    await parts.start()
    expect(stateOf(parts).phase).toBe('stopped')
    parts.onEvent = () => undefined
    await parts.start(true)
    expect(stateOf(parts).losses).toEqual(whole.state.losses)
    expect(await checkpointOf(parts)).toEqual(await checkpointOf(whole.run))
  })

  it('serves a loss of distances in metric learning, also with a miner', async () => {
    const settings = { ...tiny, epochs: 2, memorySize: 48, memoryWarmup: 0 }
    const miner = { name: 'multi-similarity', params: {} }
    const loss = { name: 'contrastive', params: {} }
    const { state } = await trained({ ...metric, settings, loss, miner })
    expect(state.message).toBeNull()
    expect(state.kept!.negatives).toBeLessThan(1)
    expect(state.losses.every(Number.isFinite)).toBe(true)
  })
})

describe('a miner', () => {
  it.each(minerCatalogue.map(({ name }) => name))(
    '%s trains, and says what it kept',
    async (name) => {
      const miner = { name, params: {} }
      const loss = { name: 'triplet', params: { mining: 'all' } }
      const { state } = await trained({ ...metric, settings: { ...tiny, epochs: 1 }, loss, miner })
      expect(state.message).toBeNull()
      expect(state.kept!.positives).toBeGreaterThanOrEqual(0)
      expect(state.kept!.positives).toBeLessThanOrEqual(1)
      expect(state.losses.some((loss) => loss > 0)).toBe(true)
    },
  )

  it('draws the same when a run goes on in the middle of an epoch', async () => {
    const miner = { name: 'distance-weighted', params: {} }
    const loss = { name: 'margin', params: { mining: 'all' } }
    const options = { ...metric, settings: { ...tiny, epochs: 2 }, loss, miner }
    const whole = await trained(options)
    const parts = await makeRun(made, { ...options, name: `parts ${++runs}` })
    parts.onEvent = (event, { control }) => {
      if (event.kind === 'steps') control.command('stop')
    }
    await parts.start()
    parts.onEvent = () => undefined
    await parts.start(true)
    expect(stateOf(parts).losses).toEqual(whole.state.losses)
  })
})

describe('a sampler', () => {
  it.each(samplers)('%s trains in metric learning, also on from a checkpoint', async (sampler) => {
    const options = { ...metric, settings: { ...tiny, sampler, epochs: 3 } }
    const whole = await trained(options)
    expect(whole.state.message).toBeNull()
    const parts = await makeRun(made, { ...options, name: `parts ${++runs}` })
    parts.onEvent = (event, { control }) => {
      if (event.kind === 'checkpoint' && event.epoch === 2) control.command('stop')
    }
    await parts.start()
    parts.onEvent = () => undefined
    await parts.start(true)
    expect(stateOf(parts).losses).toEqual(whole.state.losses)
  })
})

describe('mixed learning', () => {
  it('trains on images with and without labels', async () => {
    const labels = made.images.labels.map((label, i) => (i % 3 === 0 ? -1 : label))
    const half = { ...made, images: { ...made.images, labels } }
    const loss = { name: 'supcon', params: {} }
    const settings = { ...tiny, epochs: 6, augmentation: 0.3 }
    const { state } = await trained({ regime: 'mixed', settings, loss }, half)
    expect(state.message).toBeNull()
    expect(state.epochs.at(-1)!.meanLoss!).toBeLessThan(state.epochs[1]!.meanLoss! * 0.95)
  })

  it('is refused without any label', async () => {
    const none = { ...made, images: { ...made.images, labels: made.images.labels.map(() => -1) } }
    const loss = { name: 'supcon', params: {} }
    const { state } = await trained({ regime: 'mixed', settings: tiny, loss }, none)
    expect(state.phase).toBe('failed')
    expect(state.message).toMatch(/Mixed learning needs some labels/)
  })
})

describe('a temperature', () => {
  it('follows its schedule, and every report says where it is', async () => {
    const settings = { ...tiny, temperatureSchedule: 'linear', temperatureEnd: 0.6, epochs: 3 }
    const loss = { name: 'nt-xent', params: { temperature: 0.2 } }
    const { state } = await trained({ ...contrastive, settings, loss })
    const [first, last] = [state.temperatures[0]!, state.temperatures.at(-1)!]
    expect(first.value).toBeCloseTo(0.2, 6)
    expect(last.value).toBeCloseTo(0.6, 6)
    expect(last.step).toBe(state.losses.length - 1)
  })

  it('is learnt where the loss says so', async () => {
    const params = { temperature: 0.2, temperatureRule: 'learnt' }
    const loss = { name: 'nt-xent', params }
    const { state } = await trained({
      ...contrastive,
      settings: { ...tiny, learningRate: 0.01 },
      loss,
    })
    expect(state.message).toBeNull()
    expect(Math.abs(state.temperatures.at(-1)!.value - 0.2)).toBeGreaterThan(0.001)
  })
})

describe('an adaptive temperature', () => {
  it('rises as positives come together, and is reported as the loss has it', async () => {
    const params = { temperature: 0.2, temperatureRule: 'adaptive', temperatureReaction: 1 }
    const loss = { name: 'nt-xent', params }
    const { state } = await trained({ ...contrastive, settings: tiny, loss })
    expect(state.message).toBeNull()
    const values = state.temperatures.map(({ value }) => value)
    expect(Math.min(...values)).toBeGreaterThan(0.2)
    expect(Math.max(...values)).toBeLessThan(0.4)
  })
})

describe('people’s verdicts', () => {
  it('change what is learnt, in the batch and in the memory', async () => {
    const { images } = made
    const all = [...images.labels.keys()]
    const verdicts = all.flatMap((first) =>
      all.slice(first + 1).map((second) => ({ first, second, verdict: 'ignore' as const })),
    )
    const judged = { ...made, images: { ...images, verdicts } }
    const settings = { ...tiny, epochs: 1, memorySize: 60, memoryWarmup: 0 }
    const { state } = await trained({ ...contrastive, settings }, judged)
    // All pairs but the views of one image are ignored: nothing is left to push.
    expect(state.losses.every((loss) => loss === 0)).toBe(true)
  })
})
