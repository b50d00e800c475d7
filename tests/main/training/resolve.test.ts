import { describe, expect, it } from 'vitest'
import type { RunRequest, RunSettings } from '../../../src-main/contract/runs.ts'
import { checkContents, checkRun, checkTrainingPart } from '../../../src-main/training/checkRun.ts'
import { factsOf, factsOfSome } from '../../../src-main/training/facts.ts'
import { epochsFor, resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { settingsCatalogue } from '../../../src-main/training/settings.ts'

function requestOf(changes: Partial<RunRequest> = {}): RunRequest {
  return {
    regime: 'metric',
    engine: 'auto',
    loss: { name: changes.regime === 'contrastive' ? 'nt-xent' : 'supcon', params: {} },
    settings: {},
    ...changes,
  }
}

const fieldNames = Object.keys({
  epochs: true,
  imageSize: true,
  backbone: true,
  width: true,
  depth: true,
  dropout: true,
  projectorHidden: true,
  dim: true,
  batchSize: true,
  imagesPerLabel: true,
  sampler: true,
  memorySize: true,
  memoryWarmup: true,
  memoryKind: true,
  memoryOwn: true,
  memoryBatch: true,
  memoryMomentum: true,
  temperatureSchedule: true,
  temperatureEnd: true,
  temperaturePeriod: true,
  suspects: true,
  suspectShare: true,
  suspectBaseRate: true,
  suspectStart: true,
  suspectEvery: true,
  suspectGroup: true,
  learningRate: true,
  modelFile: true,
  importedWeights: true,
  tap: true,
  inputRange: true,
  warmupEpochs: true,
  weightDecay: true,
  optimizer: true,
  momentum: true,
  clip: true,
  averaging: true,
  averagingDecay: true,
  augmentation: true,
  flip: true,
  split: true,
  holdout: true,
  seed: true,
} satisfies Record<keyof RunSettings, true>)

describe('settingsCatalogue', () => {
  it('has every setting of a run, once', () => {
    expect(settingsCatalogue.map(({ name }) => name).sort()).toEqual([...fieldNames].sort())
  })

  it('says of each what it does, in a sentence, with a default in its own range', () => {
    for (const spec of settingsCatalogue) {
      expect(spec.meaning).toMatch(/\.$/)
      if (spec.kind !== 'number') continue
      for (const value of [spec.default, ...Object.values(spec.defaults ?? {})]) {
        expect(value).toBeGreaterThanOrEqual(spec.min)
        expect(value).toBeLessThanOrEqual(spec.max)
      }
    }
  })
})

describe('resolveRunConfig', () => {
  it('is complete when nothing is asked for, in either regime', () => {
    for (const regime of ['contrastive', 'metric'] as const) {
      const config = resolveRunConfig(requestOf({ regime }), 'native')
      expect(Object.keys(config.settings).sort()).toEqual([...fieldNames].sort())
      expect(config).toMatchObject({ version: 3, regime, engine: 'native' })
      expect(config.loss.params['temperature']).toBe(regime === 'metric' ? 0.07 : 0.1)
    }
  })

  it('keeps what is asked for', () => {
    const config = resolveRunConfig(
      requestOf({
        loss: { name: 'triplet', params: { margin: 0.5 } },
        settings: { epochs: 3, dim: 3, split: 'closed' },
      }),
      'wasm',
    )
    expect(config.settings).toMatchObject({ epochs: 3, dim: 3, split: 'closed' })
    expect(config.loss.params).toMatchObject({ margin: 0.5, mining: 'semi-hard', form: 'hinge' })
  })

  it.each([
    [
      { loss: { name: 'supcon', params: { temperature: 0 } } },
      'temperature is 0, but must be greater than 0 and at most 10',
    ],
    [
      { settings: { epochs: 2.5 } },
      'epochs is 2.5, but must be a whole number, at least 1 and at most 10000',
    ],
    [{ settings: { holdout: 0.95 } }, 'holdout is 0.95, but must be at least 0 and at most 0.9'],
    [{ settings: { holdout: NaN } }, 'holdout is NaN, but must be at least 0 and at most 0.9'],
    [{ settings: { dim: '64' } }, 'dim is 64, but must be a whole number'],
    [{ settings: { split: 'random' } }, 'split is random, but must be one of open, closed'],
    [{ settings: { epoch: 3 } }, 'a run has no parameter epoch; it has epochs, '],
    [
      { loss: { name: 'supcon', params: { margin: 1 } } },
      'the loss supcon has no parameter margin; it has temperature',
    ],
    [
      { loss: { name: 'magic', params: {} } },
      'there is no loss magic; there are nt-xent, supcon, triplet',
    ],
    [{ settings: { imageSize: 16, depth: 5 } }, 'depth is 5, but an image of 16 px'],
    [
      { settings: { backbone: 'resnet18', depth: 5 } },
      'depth is 5, expected a whole number from 1',
    ],
    [
      { settings: { backbone: 'vgg' } },
      'backbone is vgg, but must be one of cnn, resnet18, mobile',
    ],
    [{ settings: { imagesPerLabel: 80, batchSize: 128 } }, 'at most 64'],
    [
      { settings: { suspects: 'eliminate', suspectShare: 0.2 } },
      'suspectShare is 0.2, but at most the guessed base rate, 0.1',
    ],
    [{ settings: { suspects: 'attract', suspectGroup: 'tiny' } }, 'suspectGroup is tiny, but'],
    [
      { settings: { suspects: 'show', epochs: 4 } },
      'suspectStart is 5, but must be less than the 4',
    ],
    [{ settings: { epochs: 2, warmupEpochs: 2 } }, 'warmupEpochs is 2, but must be less than'],
  ])('refuses %j and says what it expected', (changes, message) => {
    const resolve = () => resolveRunConfig(requestOf(changes), 'native')
    expect(resolve).toThrow(expect.objectContaining({ code: 'bad-request' }))
    expect(resolve).toThrow(message)
  })

  it('gives small folders more epochs than large ones, unless a number was asked for', () => {
    const epochsOf = (images: number, settings = {}) =>
      resolveRunConfig(requestOf({ settings }), 'native', {
        facts: factsOf(Array.from({ length: images }, (_, i) => i % 50)),
      }).settings.epochs
    expect(epochsOf(100)).toBeGreaterThan(epochsOf(6000))
    expect(epochsOf(6000)).toBeGreaterThan(epochsOf(100_000))
    expect(epochsOf(100, { epochs: 7 })).toBe(7)
    expect(epochsFor(0, 'metric')).toBe(epochsFor(1, 'metric'))
    expect(epochsFor(3000, 'contrastive')).toBeLessThan(epochsFor(3000, 'metric'))
  })

  it('shortens a warm-up that nobody asked for to a part of a short run', () => {
    expect(
      resolveRunConfig(requestOf({ settings: { epochs: 1 } }), 'native').settings.warmupEpochs,
    ).toBe(0)
  })
})

describe('checkRun', () => {
  const metric = resolveRunConfig(requestOf(), 'native')
  const contrastive = resolveRunConfig(requestOf({ regime: 'contrastive' }), 'native')

  it('lets a small folder through', () => {
    expect(() => checkRun(metric, factsOf([0, 0, 1, 1, 2, 2]))).not.toThrow()
    expect(() => checkRun(contrastive, factsOf([-1, -1, -1, -1]))).not.toThrow()
    expect(() => checkTrainingPart(metric, factsOf([0, 0, 1, 1]))).not.toThrow()
  })

  it.each([
    ['too few images', [-1, -1, -1], 'only 3 images'],
    ['no label', [-1, -1, -1, -1], 'no image has one'],
    ['one label', [0, 0, 0, 0], 'is only one such label'],
    ['labels of one image each', [0, 1, 2, 3], 'is no such label'],
    ['too few labels to hold one out', [0, 0, 1, 1], 'Hold out unseen images of known labels'],
  ])('refuses %s in metric learning, with a way out', (_, labels, message) => {
    expect(() => checkRun(metric, factsOf(labels))).toThrow(message)
  })

  it('refuses too little that is left to train on', () => {
    expect(() => checkTrainingPart(contrastive, factsOf([-1]))).toThrow('only one image')
    const training = Int32Array.of(0, 1, 3)
    const check = (config: typeof metric, hashes: readonly string[]) => () =>
      checkContents(config, hashes, training)
    expect(check(contrastive, ['a', 'a', 'b', 'a'])).toThrow(
      'All 3 images to train on have the same',
    )
    expect(check(contrastive, ['a', 'b', 'b', 'a'])).not.toThrow()
    expect(check(metric, ['a', 'a', 'b', 'a'])).not.toThrow()
    expect(() => checkTrainingPart(metric, factsOf([0, 0, 0, 0]))).toThrow('share held out')
  })
})

describe('factsOf', () => {
  it('counts labels, and those with two images or more', () => {
    expect(factsOf([0, 0, 0, 1, -1, 2, 2])).toEqual({
      images: 7,
      labels: 3,
      pairedLabels: 2,
      pairedImages: 5,
    })
    expect(factsOfSome(Int32Array.of(0, 0, 1), Int32Array.of(0, 2)).pairedLabels).toBe(0)
  })
})
