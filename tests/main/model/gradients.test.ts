import { describe, expect, it } from 'vitest'
import type { StepLoss } from '../../../src-main/model/encoder.ts'
import type { Network } from '../../../src-main/model/network.ts'
import type { Weights } from '../../../src-main/model/weights.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import * as examples from './examples.ts'
import type { TestedEngine } from './examples.ts'
import { average, conv, dense, depthwise, networkOf, norm, pool, relu, relu6 } from './examples.ts'
import { rowsInFloat64, widened } from './float64.ts'

const count = 8

const networks: Record<string, Network> = {
  'two blocks and an MLP': networkOf(
    12,
    [
      ...[conv('a'), norm('an'), relu, pool],
      ...[conv('b', { filters: 6 }), norm('bn'), relu, pool, average],
    ],
    [dense('p', 5), relu, dense('q', 4)],
  ),
  'blocks on odd sides': networkOf(
    11,
    [conv('a'), norm('an'), relu, pool, conv('b'), norm('bn'), relu, pool, average],
    [dense('p', 4)],
  ),
  'blocks with strides instead of pools': networkOf(
    9,
    [
      ...[conv('a', { stride: 2 }), norm('an'), relu],
      ...[conv('b', { stride: 2, padding: 'valid' }), norm('bn'), relu, average],
    ],
    [dense('p', 4)],
  ),
  'pools and biases without norms': networkOf(
    11,
    [
      ...[conv('a', { bias: true }), pool, relu],
      ...[conv('b', { size: 2, stride: 2, padding: 'valid', bias: true }), relu, average],
    ],
    [dense('p', 4)],
  ),
  'norms without ReLU, on vectors and at the end': networkOf(
    13,
    [
      ...[conv('a', { size: 5, padding: 'valid', bias: true }), norm('an'), relu, pool],
      ...[conv('b', { size: 1, stride: 2 }), norm('bn'), average, dense('d', 6), norm('dn'), relu],
    ],
    [dense('p', 4), norm('pn')],
  ),
  'even kernels': networkOf(
    10,
    [conv('a', { size: 2 }), norm('an'), relu, conv('b', { size: 4, stride: 2 }), relu, average],
    [dense('p', 4)],
  ),
  'residual blocks': networkOf(
    11,
    [
      ...[conv('a'), norm('an'), relu],
      { kind: 'maxPool', size: 3, stride: 2, padding: 'same' },
      {
        kind: 'residual',
        body: [conv('b'), norm('bn'), relu, conv('c'), norm('cn')],
        shortcut: [],
      },
      relu,
      {
        kind: 'residual',
        body: [conv('d', { filters: 6, stride: 2 }), norm('dn'), relu, conv('e', { filters: 6 })],
        shortcut: [conv('f', { filters: 6, size: 1, stride: 2 }), norm('fn')],
      },
      average,
    ],
    [dense('p', 4)],
  ),
  'inverted residual blocks': networkOf(
    10,
    [
      ...[conv('a', { stride: 2 }), norm('an'), relu6, depthwise('b'), norm('bn'), relu6],
      {
        kind: 'residual',
        body: [
          ...[conv('c', { size: 1, filters: 8 }), norm('cn'), relu6],
          ...[depthwise('d'), norm('dn'), relu6, conv('e', { size: 1 }), norm('en')],
        ],
        shortcut: [],
      },
      ...[depthwise('f', 2), norm('fn'), { kind: 'hardSwish' } as const],
      { kind: 'averagePool', size: 2, stride: 1, padding: 'same' },
      { kind: 'globalMaxPool' },
    ],
    [dense('p', 4), { kind: 'l2Normalize' }, dense('q', 4)],
  ),
  'a frozen beginning and middle, and dropout': networkOf(
    10,
    [
      { kind: 'frozen', layers: [conv('a'), norm('an'), relu6, depthwise('b', 2), norm('bn')] },
      ...[conv('c'), norm('cn'), relu],
      {
        kind: 'residual',
        body: [{ kind: 'frozen', layers: [conv('d'), norm('dn'), relu] }],
        shortcut: [],
      },
      ...[conv('e'), { kind: 'frozen', layers: [norm('en')] } as const, relu],
      average,
    ],
    [{ kind: 'dropout', name: 'drop', rate: 0.3, seed: 1 }, dense('p', 4)],
  ),
  'a bias before a norm, and no projector': networkOf(8, [
    ...[conv('a', { bias: true, size: 5, stride: 2 }), norm('an'), relu, average],
  ]),
}

const images = {
  noise: (size: number) => examples.noise(count, size),
  'flat images full of ties': (size: number) => examples.flatImages(count, size),
}

async function stepOn(
  kind: TestedEngine,
  setup: { network: Network; weights: Weights },
  { input, loss }: { input: Float32Array; loss: StepLoss },
) {
  return examples.withEncoder(kind, setup, async (encoder) => {
    const rows = input.length / (setup.network.input.size ** 2 * 3)
    const before = tf.memory().numTensors
    const { loss: value, gradient } = await encoder.step(input, rows, loss)
    expect(tf.memory().numTensors).toBe(before)
    return {
      loss: value,
      gradient: gradient.slice(),
      statistics: encoder.weights.statistics,
      trainable: encoder.weights.trainable,
    }
  })
}

describe.each(Object.entries(networks))('gradients of %s', (_, network) => {
  const weights = examples.trainedWeights(network)
  const loss = examples.distanceLoss(count)

  it.each(Object.entries(images))('are the oracle’s on every engine, for %s', async (_, make) => {
    const input = make(network.input.size)
    const oracle = await stepOn('cpu', { network, weights }, { input, loss })
    expect(oracle.trainable).toEqual(weights.trainable)
    for (const kind of ['native', 'portable', 'wasm'] as const) {
      const step = await stepOn(kind, { network, weights }, { input, loss })
      expect(step.loss).toBeCloseTo(oracle.loss, 4)
      expect(examples.relativeDistance(step.gradient, oracle.gradient)).toBeLessThan(1e-5)
      expect(examples.relativeDistance(step.statistics, oracle.statistics)).toBeLessThan(2e-6)
      expect(step.trainable).toEqual(weights.trainable)
    }
  })
})

describe('the oracle', () => {
  const tiny = networkOf(
    6,
    [
      ...[conv('a', { filters: 2 }), norm('an'), relu, pool],
      ...[conv('b', { filters: 3, size: 2, stride: 2, padding: 'valid', bias: true }), relu],
      average,
    ],
    [dense('p', 3), norm('pn')],
  )

  it('has the gradient of central differences in float64', async () => {
    const rowCount = 4
    const weights = examples.trainedWeights(tiny, 3)
    const input = examples.noise(rowCount, 6)
    const factors = examples.noise(1, 2).subarray(0, rowCount * 3)
    // Σ factor · row: every direction of the rows counts.
    const loss: StepLoss = {
      ofRows: (rows) => tf.sum(tf.mul(rows, tf.tensor2d(factors, [rowCount, 3]))),
    }
    const values = widened(weights)
    const lossInFloat64 = () => {
      const { rows } = rowsInFloat64(tiny, (name) => values.get(name)!, input, rowCount)
      return rows.reduce((sum, value, i) => sum + value * factors[i]!, 0)
    }
    const step = 1e-5
    const differences = weights.specs
      .filter(({ trainable }) => trainable)
      .flatMap(({ name }) =>
        Array.from(values.get(name)!, (value, i) => {
          const array = values.get(name)!
          array[i] = value + step
          const above = lossInFloat64()
          array[i] = value - step
          const below = lossInFloat64()
          array[i] = value
          return (above - below) / (2 * step)
        }),
      )
    const oracle = await stepOn('cpu', { network: tiny, weights }, { input, loss })
    expect(oracle.loss).toBeCloseTo(lossInFloat64(), 5)
    expect(examples.relativeDistance(oracle.gradient, differences)).toBeLessThan(2e-6)
  })
})

describe.each(['cpu', 'wasm', 'native', 'portable'] as const)('a step on %s', (kind) => {
  const network = networkOf(
    8,
    [conv('a', { padding: 'valid' }), norm('an'), relu, pool, average],
    [dense('p', 4)],
  )
  const weights = examples.trainedWeights(network)

  it('has the running statistics of float64 where the mean is far from 0', async () => {
    const input = examples.noise(count, 8, { level: 30, deviation: 0.1 })
    const { statistics } = await stepOn(
      kind,
      { network, weights },
      { input, loss: examples.distanceLoss(count) },
    )
    const { moments } = rowsInFloat64(network, (name) => weights.view(name), input, count)
    const { mean, variance } = moments.get('an')!
    const pixels = count * 36
    const expected = (values: number[], name: string) =>
      values.map((value, i) => 0.9 * weights.view(name)[i]! + 0.1 * value)
    const unbiased = variance.map((value) => (value * pixels) / (pixels - 1))
    const tail = (values: Float32Array, from: number) => [...values.subarray(from, from + 4)]
    // E[x²] − E[x]² in float32 would be off by more than 1e-2 here.
    const variances = tail(statistics, 4).map(
      (value, i) => value - 0.9 * weights.statistics[4 + i]!,
    )
    const truth = unbiased.map((value) => 0.1 * value)
    expect(examples.relativeDistance(tail(statistics, 0), expected(mean, 'an/mean'))).toBeLessThan(
      1e-6,
    )
    expect(examples.relativeDistance(variances, truth)).toBeLessThan(1e-4)
  })

  it('has the oracle’s gradient for smaller batches in between', async () => {
    const input = examples.noise(count, 8)
    const sizes = [8, 3, 8, 5, 2, 8]
    const lossOf = (rows: number): StepLoss => {
      const pairs = examples.twoViewPairs(rows, 0.2)
      return { ofRows: examples.lossOfPairs(pairs), softmaxPairs: pairs }
    }
    const gradients = (engine: TestedEngine) =>
      examples.withEncoder(engine, { network, weights }, async (encoder) => {
        const all: number[] = []
        for (const rows of sizes) {
          const part = input.subarray(0, rows * 8 * 8 * 3)
          all.push(...(await encoder.step(part, rows, lossOf(rows))).gradient)
        }
        return all
      })
    const distance = examples.relativeDistance(await gradients(kind), await gradients('cpu'))
    expect(distance).toBeLessThan(1e-5)
  })

  it('has a finite gradient where a row is 0', async () => {
    const dead = createDead()
    const { gradient, loss } = await stepOn(
      kind,
      { network, weights: dead },
      { input: examples.noise(count, 8), loss: examples.distanceLoss(count) },
    )
    expect(Number.isFinite(loss)).toBe(true)
    expect(gradient.every((value) => value === 0)).toBe(true)
  })

  it('has the gradient 0 for a loss that does not look at its rows', async () => {
    const { gradient, loss } = await stepOn(
      kind,
      { network, weights },
      { input: examples.noise(count, 8), loss: { ofRows: () => tf.scalar(2) } },
    )
    expect(loss).toBe(2)
    expect(gradient.every((value) => value === 0)).toBe(true)
  })

  it('returns a loss that is not finite', async () => {
    const input = examples.noise(count, 8)
    const loss: StepLoss = { ofRows: (rows) => tf.log(tf.mul(tf.sum(tf.square(rows)), -1)) }
    expect((await stepOn(kind, { network, weights }, { input, loss })).loss).toBeNaN()
  })

  it('gives the same bits each time', async () => {
    const setup = { network, weights }
    const options = { input: examples.noise(count, 8), loss: examples.distanceLoss(count) }
    const first = await stepOn(kind, setup, options)
    expect(await stepOn(kind, setup, options)).toEqual(first)
  })

  it('computes with what is written to the weights in between', async () => {
    const input = examples.noise(count, 8)
    const loss = examples.distanceLoss(count)
    await examples.withEncoder(kind, { network, weights }, async (encoder) => {
      const before = (await encoder.step(input, count, loss)).loss
      encoder.weights.trainable.fill(0.1)
      expect((await encoder.step(input, count, loss)).loss).not.toBeCloseTo(before, 3)
    })
  })

  /** All projector weights 0, so that every row is. */
  function createDead(): Weights {
    const dead = examples.trainedWeights(network)
    dead.view('p/kernel').fill(0)
    dead.view('p/bias').fill(0)
    return dead
  }
})
