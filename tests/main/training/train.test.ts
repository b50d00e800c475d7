import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src-main/contract/runs.ts'
import { emptyRun, foldRun } from '../../../src-main/contract/runState.ts'
import type { RunState } from '../../../src-main/contract/runState.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { readRunEvents } from '../../../src-main/training/runFolder.ts'
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

let made: MadeImages
beforeAll(async () => {
  made = await makeImages(15, 6)
})
afterAll(() => made.dispose())

const stateOf = ({ events, request }: MadeRun): RunState =>
  events.reduce(foldRun, emptyRun(request.run))

const weightsOf = (run: MadeRun) => fileOf(run, 'weights.bin')

const fileOf = async ({ runFolder }: MadeRun, name: string) => {
  const parent = join(runFolder, 'checkpoints')
  const last = (await readdir(parent)).sort().at(-1)!
  return readFile(join(parent, last, name))
}

const kindsOf = (events: readonly RunEvent[]) =>
  events.map(({ kind }) => kind).filter((kind) => kind !== 'steps' && kind !== 'preparing')

describe('train', () => {
  it('learns from labels: unseen labels are found more often, the loss falls, the sphere moves', async () => {
    const settings = { ...tiny, epochs: 15, augmentation: 0.5 }
    const run = await makeRun(made, { regime: 'metric', settings, name: 'metric' })
    await run.start()
    const { phase, epochs, losses, pixels, message } = stateOf(run)
    expect(message).toBeNull()
    expect(phase).toBe('done')
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 16 }, (_, i) => i))
    expect(pixels?.queries).toBe(36)
    const [before, after] = [epochs[0]!.score!.recallAt1, epochs.at(-1)!.score!.recallAt1]
    expect(after).toBeGreaterThan(before + 0.15)
    expect(epochs.at(-1)!.meanLoss!).toBeLessThan(epochs[1]!.meanLoss! * 0.8)
    expect(losses.every(Number.isFinite)).toBe(true)
    const [first, last] = [run.embeddings.get(0)!, run.embeddings.get(15)!]
    expect(first.some((x, i) => Math.abs(x - last[i]!) > 0.3)).toBe(true)
    expect(await readRunEvents(run.runFolder)).toEqual(JSON.parse(JSON.stringify(run.events)))
  })

  it('learns without labels: the loss of two views falls', async () => {
    const settings = { ...tiny, epochs: 8, projectorHidden: 16, augmentation: 0.3 }
    const run = await makeRun(made, { regime: 'contrastive', settings, name: 'contrastive' })
    await run.start()
    const { phase, epochs } = stateOf(run)
    expect(phase).toBe('done')
    expect(epochs.at(-1)!.meanLoss!).toBeLessThan(epochs[1]!.meanLoss! * 0.9)
  })

  it('trains with triplets too', async () => {
    const loss = { name: 'triplet', params: { mining: 'batch-hard' } }
    const settings = { ...tiny, epochs: 3 }
    const run = await makeRun(made, { regime: 'metric', settings, loss, name: 'triplet' })
    await run.start()
    expect(stateOf(run)).toMatchObject({ phase: 'done', message: null })
  })

  it('tells its whole story in events, each checkpoint after its embedding', async () => {
    const run = await makeRun(made, {
      regime: 'metric',
      settings: { ...tiny, epochs: 2 },
      name: 'story',
    })
    await run.start()
    const epoch = ['embedded', 'epoch', 'checkpoint']
    expect(kindsOf(run.events)).toEqual([
      'started',
      'baseline',
      ...epoch,
      ...epoch,
      ...epoch,
      'ended',
    ])
    expect(await readdir(join(run.runFolder, 'checkpoints'))).toEqual(['1', '2'])
  })

  it('gives the same bits every time', async () => {
    const runs = await Promise.all(
      ['same 1', 'same 2'].map((name) => makeRun(made, { regime: 'metric', settings: tiny, name })),
    )
    for (const run of runs) await run.start()
    expect(await weightsOf(runs[0]!)).toEqual(await weightsOf(runs[1]!))
    expect(stateOf(runs[0]!).losses).toEqual(stateOf(runs[1]!).losses)
  })

  it.each([
    { when: 'between epochs', regime: 'metric' as const, kind: 'checkpoint' as const },
    { when: 'inside an epoch', regime: 'contrastive' as const, kind: 'steps' as const },
  ])('stops $when and goes on to the same bits', async ({ when, regime, kind }) => {
    const settings = { ...tiny, batchSize: 16, flip: 0.5 }
    const whole = await makeRun(made, { regime, settings, name: `whole ${when}` })
    await whole.start()

    const parts = await makeRun(made, { regime, settings, name: `parts ${when}` })
    parts.onEvent = (event, { control }) => {
      if (event.kind === kind && 'epoch' in event && event.epoch === 2) control.command('stop')
    }
    await parts.start()
    expect(stateOf(parts).phase).toBe('stopped')
    const doneBefore = stateOf(parts).losses.length
    expect(doneBefore).toBeGreaterThan(0)
    expect(doneBefore).toBeLessThan(stateOf(whole).losses.length)
    if (kind === 'steps') {
      expect(doneBefore % stateOf(parts).stepsPerEpoch).not.toBe(0)
      expect(await readdir(join(parts.runFolder, 'checkpoints'))).toContainEqual(
        expect.stringContaining('1+'),
      )
    }

    parts.onEvent = () => undefined
    await parts.start(true)
    expect(stateOf(parts).phase).toBe('done')
    expect(stateOf(parts).losses).toEqual(stateOf(whole).losses)
    expect(await weightsOf(parts)).toEqual(await weightsOf(whole))
    expect(parts.embeddings.get(4)).toEqual(whole.embeddings.get(4))
    expect(stateOf(parts).epochs.map(({ score }) => score)).toEqual(
      stateOf(whole).epochs.map(({ score }) => score),
    )
  })

  it.each([
    { optimizer: 'adam', averaging: 'ema' },
    { optimizer: 'sgd', clip: 1, learningRate: 0.05 },
    { optimizer: 'nesterov', averaging: 'swa', learningRate: 0.05 },
    { optimizer: 'lars', clip: 2, averaging: 'ema', learningRate: 0.5 },
    { optimizer: 'adamw', backbone: 'mobilenetv2', width: 8, depth: 2, dropout: 0.3 },
  ])('goes on to the same bits with %o', async (choice) => {
    const settings = { ...tiny, batchSize: 16, ...choice }
    const name = choice.optimizer
    const whole = await makeRun(made, { regime: 'metric', settings, name: `whole ${name}` })
    await whole.start()
    const parts = await makeRun(made, { regime: 'metric', settings, name: `parts ${name}` })
    parts.onEvent = (event, { control }) => {
      if (event.kind === 'checkpoint' && event.epoch === 2) control.command('stop')
    }
    await parts.start()
    parts.onEvent = () => undefined
    await parts.start(true)
    expect(stateOf(whole)).toMatchObject({ phase: 'done', message: null })
    expect(stateOf(parts).losses).toEqual(stateOf(whole).losses)
    for (const file of ['weights', 'optimizer', ...(choice.averaging ? ['average'] : [])])
      expect(await fileOf(parts, `${file}.bin`)).toEqual(await fileOf(whole, `${file}.bin`))
    expect(parts.embeddings.get(4)).toEqual(whole.embeddings.get(4))
  })

  it('embeds with the mean of the weights where one is asked for, and trains on without it', async () => {
    const settings = { ...tiny, epochs: 3 }
    const plain = await makeRun(made, { regime: 'metric', settings, name: 'plain' })
    const averaged = await makeRun(made, {
      regime: 'metric',
      settings: { ...settings, averaging: 'ema', averagingDecay: 0.9 },
      name: 'averaged',
    })
    await plain.start()
    await averaged.start()
    expect(await weightsOf(averaged)).toEqual(await weightsOf(plain))
    expect(averaged.embeddings.get(3)).not.toEqual(plain.embeddings.get(3))
    expect(await fileOf(averaged, 'average.bin')).not.toEqual(await weightsOf(averaged))
  })

  it.each(['eliminate', 'random'] as const)(
    'with the policy %s, stops between two searches and goes on to the same bits',
    async (suspects) => {
      const settings = { ...tiny, epochs: 5, suspects, suspectShare: 0.3, suspectBaseRate: 0.3 }
      const policy = { ...settings, suspectStart: 1, suspectEvery: 2, batchSize: 16 }
      const make = (name: string, more: object = {}) =>
        makeRun(made, { regime: 'contrastive', settings: { ...policy, ...more }, name })
      const whole = await make(`whole ${suspects}`)
      await whole.start()
      const parts = await make(`parts ${suspects}`)
      parts.onEvent = (event, { control }) => {
        if (event.kind === 'checkpoint' && event.epoch === 2) control.command('stop')
      }
      await parts.start()
      parts.onEvent = () => undefined
      await parts.start(true)
      expect(stateOf(parts).losses).toEqual(stateOf(whole).losses)
      expect(await weightsOf(parts)).toEqual(await weightsOf(whole))
      expect(stateOf(parts).suspects).toEqual(stateOf(whole).suspects)
      expect(stateOf(whole).suspects.map(({ epoch }) => epoch)).toEqual([1, 3])

      const plain = await make(`plain ${suspects}`, { suspects: 'off' })
      await plain.start()
      const { stepsPerEpoch, losses } = stateOf(plain)
      expect(losses.slice(0, stepsPerEpoch)).toEqual(stateOf(whole).losses.slice(0, stepsPerEpoch))
      expect(losses[stepsPerEpoch]).not.toBe(stateOf(whole).losses[stepsPerEpoch])
      expect(stateOf(plain).suspects).toEqual([])
    },
  )

  it('shows suspects without training any differently', async () => {
    const settings = { ...tiny, epochs: 3, suspectStart: 1, suspectEvery: 1 }
    const runs = await Promise.all(
      (['show', 'off'] as const).map((suspects) =>
        makeRun(made, {
          regime: 'contrastive',
          settings: { ...settings, suspects },
          name: suspects,
        }),
      ),
    )
    for (const run of runs) await run.start()
    expect(stateOf(runs[0]!).losses).toEqual(stateOf(runs[1]!).losses)
    expect(stateOf(runs[0]!).suspects.map(({ epoch }) => epoch)).toEqual([1, 2])
  })

  it('hears a command that arrives like a message, between two steps', async () => {
    const settings = { ...tiny, batchSize: 8, imagesPerLabel: 2 }
    const run = await makeRun(made, { regime: 'metric', settings, name: 'message' })
    run.onEvent = (event, { control }) => {
      if (event.kind === 'steps') setImmediate(() => control.command('stop'))
    }
    await run.start()
    expect(stateOf(run).phase).toBe('stopped')
    expect(stateOf(run).losses).toHaveLength(1)
  })

  it('waits while it is paused, and can be stopped then', async () => {
    const settings = { ...tiny, batchSize: 16 }
    const run = await makeRun(made, { regime: 'metric', settings, name: 'paused' })
    let pauses = 0
    run.onEvent = (event, { control }) => {
      if (event.kind === 'steps' && pauses < 2) control.command('pause')
      if (event.kind === 'paused') {
        pauses++
        const seen = run.events.length
        setTimeout(() => {
          expect(run.events.length).toBe(seen)
          control.command(pauses === 1 ? 'resume' : 'stop')
        }, 50)
      }
    }
    await run.start()
    expect(stateOf(run).phase).toBe('stopped')
    expect(kindsOf(run.events).filter((kind) => kind === 'paused')).toHaveLength(2)
    expect(kindsOf(run.events).filter((kind) => kind === 'resumed')).toHaveLength(1)
  })

  it('ends with a reason and the images when the loss leaves the finite numbers', async () => {
    const loss = { name: 'supcon', params: { temperature: 1e-42 } }
    const run = await makeRun(made, { regime: 'metric', settings: tiny, loss, name: 'not finite' })
    await run.start()
    const { phase, message, checkpoint } = stateOf(run)
    expect(phase).toBe('failed')
    expect(message).toMatch(/no longer a finite number in step 1 .*The batch held .*\.png/s)
    expect(checkpoint).toBe(0)
  })

  it('ends with the engine to go on with when its own cannot run', async () => {
    const run = await makeRun(made, {
      regime: 'metric',
      settings: tiny,
      name: 'no cuda',
      engine: 'cuda',
    })
    await run.start()
    expect(stateOf(run)).toMatchObject({ phase: 'failed', nextEngine: 'wasm' })
    expect(stateOf(run).message).toMatch(/tfjs-node-gpu.*can go on from it on wasm/s)
  })

  it('ends with a reason when the images cannot be trained on', async () => {
    const one = { ...made, images: { ...made.images, labels: new Int32Array(90) } }
    const run = await makeRun(one, { regime: 'metric', settings: tiny, name: 'one label' })
    await run.start()
    expect(stateOf(run).phase).toBe('failed')
    expect(stateOf(run).message).toContain('at least two labels')
  })

  it('makes one batch of a folder that is smaller than a batch', async () => {
    const images = {
      ...made.images,
      ids: made.images.ids.slice(0, 6),
      paths: made.images.paths.slice(0, 6),
      hashes: made.images.hashes.slice(0, 6),
      labels: new Int32Array(6).fill(-1),
      labelNames: [],
    }
    const run = await makeRun(
      { ...made, images },
      { regime: 'contrastive', settings: { ...tiny, holdout: 0, epochs: 2 }, name: 'small' },
    )
    await run.start()
    expect(stateOf(run)).toMatchObject({ phase: 'done', message: null, stepsPerEpoch: 1 })
    expect(stateOf(run).epochs.at(-1)!.score).toBeNull()
  })

  it('holds no more tensors after the last epoch than after the first', async () => {
    const run = await makeRun(made, { regime: 'metric', settings: tiny, name: 'memory' })
    const counts: number[] = []
    run.onEvent = (event) => {
      if (event.kind === 'epoch') counts.push(tf.memory().numTensors)
    }
    await run.start()
    expect(counts).toHaveLength(5)
    expect(counts.at(-1)).toBe(counts[1])
  })
})
