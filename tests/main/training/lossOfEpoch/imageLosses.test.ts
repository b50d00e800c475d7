import { beforeAll, describe, expect, it } from 'vitest'
import { lossCatalogue } from '../../../../src-main/losses/catalogue.ts'
import { lossOfRows } from '../../../../src-main/model/tfLoss.ts'
import { openEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import {
  gradientLengths,
  imageLosses,
} from '../../../../src-main/training/lossOfEpoch/imageLosses.ts'
import { dim, madeEpochLoss, madeImages } from './madeEpoch.ts'

const options = { signal: new AbortController().signal, onProgress: () => undefined }

beforeAll(() => openEngine('wasm'))

const every = lossCatalogue.flatMap(({ name, regimes }) =>
  (['contrastive', 'metric'] as const)
    .filter(
      (regime) => regimes.includes(regime) && !(name === 'supcon' && regime === 'contrastive'),
    )
    .map((regime) => ({ name, regime })),
)

describe('the loss of an image', () => {
  it('is that of the formula, of NT-Xent', async () => {
    const loss = { name: 'nt-xent', params: { temperature: 0.3 } }
    const { epochLoss, rows } = madeEpochLoss({ regime: 'contrastive', loss })
    const values = (await imageLosses(epochLoss, options))!
    const [batch] = epochLoss.batchesOf(0)
    const cosine = (i: number, j: number) =>
      Array.from({ length: dim }, (_, d) => rows[i * dim + d]! * rows[j * dim + d]!).reduce(
        (sum, x) => sum + x,
        0,
      )
    for (const image of batch!) {
      // Two views of each other image push; the own second view pulls, with a cosine of 1.
      const push = [...batch!]
        .filter((other) => other !== image)
        .reduce((sum, other) => sum + 2 * Math.exp(cosine(image, other) / 0.3), 0)
      const expected = Math.log((Math.exp(1 / 0.3) + push) / Math.exp(1 / 0.3))
      expect(values[image]).toBeCloseTo(expected, 4)
    }
  })

  it.each([
    { regime: 'metric', name: 'supcon' },
    { regime: 'contrastive', name: 'nt-xent' },
    { regime: 'contrastive', name: 'cross-view' },
    { regime: 'contrastive', name: 'siglip' },
    { regime: 'metric', name: 'normalized-softmax' },
  ] as const)('adds up to that of its batch: $name', async ({ regime, name }) => {
    const settings = { batchSize: 20, imagesPerLabel: 4 }
    const { epochLoss } = madeEpochLoss({ regime, loss: { name, params: {} }, settings })
    const values = (await imageLosses(epochLoss, options))!
    const [batch] = epochLoss.batchesOf(0)
    const { whole, raw, rowImages } = await epochLoss.look(batch!)
    const { loss } = await lossOfRows(whole, raw, [rowImages.length, dim])
    const mean = batch!.reduce((sum, image) => sum + values[image]!, 0) / batch!.length
    expect(mean).toBeCloseTo(loss, 4)
  })

  it.each(every)('is a number or known to be none: $name, $regime', async ({ name, regime }) => {
    const { epochLoss } = madeEpochLoss({ regime, loss: { name, params: {} } })
    const before = tf.memory().numTensors
    const values = await imageLosses(epochLoss, options)
    const lengths = await gradientLengths(epochLoss, options)
    expect(tf.memory().numTensors).toBe(before)
    const [batch] = epochLoss.batchesOf(0)
    const { loss } = await epochLoss.look(batch!)
    expect(values === null).toBe(loss.scope === 'batch')
    if (values) expect([...epochLoss.training].every((i) => Number.isFinite(values[i]))).toBe(true)
    expect([...epochLoss.training].every((i) => Number.isFinite(lengths[i]))).toBe(true)
  })

  it('is missing for held-out images, and cancelled when it is told to', async () => {
    const settings = { holdout: 0.4 }
    const { epochLoss } = madeEpochLoss({ regime: 'metric', settings })
    const values = (await imageLosses(epochLoss, options))!
    const isTrained = new Set(epochLoss.training)
    expect(isTrained.size).toBeLessThan(20)
    values.forEach((value, i) => expect(Number.isFinite(value)).toBe(isTrained.has(i)))
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(imageLosses(epochLoss, { ...options, signal })).rejects.toThrow('enough')
  })

  it('counts only the pairs that a miner chose', async () => {
    const loss = { name: 'triplet', params: { mining: 'all' } }
    const miner = { name: 'batch-hard', params: {} }
    const mined = madeEpochLoss({ regime: 'metric', loss, miner }).epochLoss
    const plain = madeEpochLoss({ regime: 'metric', loss }).epochLoss
    const [hard, all] = await Promise.all([
      imageLosses(mined, options),
      imageLosses(plain, options),
    ])
    expect([...mined.training].filter((i) => Math.abs(hard![i]! - all![i]!) > 1e-5)).not.toEqual([])
  })
})

describe('the gradient of an image', () => {
  it('is that of central differences, both views together', async () => {
    const { epochLoss } = madeEpochLoss({ regime: 'contrastive' })
    const lengths = await gradientLengths(epochLoss, options)
    const [batch] = epochLoss.batchesOf(0)
    const { whole, raw, rowImages } = await epochLoss.look(batch!)
    const lossAt = async (moved: Float32Array) =>
      (await lossOfRows(whole, moved, [rowImages.length, dim])).loss
    const image = batch![2]!
    const step = 2e-2
    const slopes: number[] = []
    for (let d = 0; d < dim; d++) {
      const by = (sign: number) =>
        raw.map((x, at) =>
          rowImages[Math.floor(at / dim)] === image && at % dim === d ? x + sign * step : x,
        )
      slopes.push(((await lossAt(by(1))) - (await lossAt(by(-1)))) / (2 * step))
    }
    expect(lengths[image]).toBeCloseTo(Math.hypot(...slopes), 2)
  })
})

describe('what a loss had learnt', () => {
  const loss = { name: 'proxy-anchor', params: {} }

  it('is the start at epoch 0, and else what a checkpoint kept', () => {
    const first = madeEpochLoss({ regime: 'metric', loss, epoch: 0 }).epochLoss
    expect(first.assumptions(false).join()).not.toContain('proxies')
    const proxies = new Float32Array(5 * dim).fill(0.25)
    const checkpoint = { more: { 'loss/proxies/values': proxies } } as never
    const saved = madeEpochLoss({ regime: 'metric', loss, checkpoint }).epochLoss
    expect(saved.variables.values[0]!.values).toEqual(proxies)
  })

  it('is told to be the labels’ directions where it was not kept', () => {
    const { epochLoss, images, rows } = madeEpochLoss({ regime: 'metric', loss })
    expect(epochLoss.assumptions(false).join()).toContain('mean directions of labels')
    const own = epochLoss.variables.values[0]!.values.subarray(0, dim)
    const sum = own.map((_, d) =>
      [...images.labels.keys()]
        .filter((i) => images.labels[i] === 0)
        .reduce((total, i) => total + rows[i * dim + d]!, 0),
    )
    const length = Math.hypot(...sum)
    own.forEach((x, d) => expect(x).toBeCloseTo(sum[d]! / length, 5))
  })
})

it('fills the memory of a run that has one with the batches before', async () => {
  const images = madeImages(5, 4)
  const settings = { memorySize: 12, memoryWarmup: 1 }
  const { epochLoss } = madeEpochLoss({ regime: 'contrastive', settings, images })
  const { facts } = await epochLoss.look(epochLoss.batchesOf(0)[0]!)
  expect(facts.relation.columns).toBe(20 + 12)
  expect(epochLoss.assumptions(false).join()).toContain('memory holds 12 rows')
  const values = (await imageLosses(epochLoss, options))!
  expect(values.every(Number.isFinite)).toBe(true)
})
