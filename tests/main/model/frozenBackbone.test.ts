import { describe, expect, it } from 'vitest'
import { hasFrozenBackbone } from '../../../src-main/model/frozenBackbone.ts'
import type { Layer } from '../../../src-main/model/network.ts'
import * as examples from './examples.ts'
import { average, conv, dense, networkOf, norm, relu } from './examples.ts'

const count = 6
const trunk: Layer[] = [
  ...[conv('a', { filters: 16, stride: 2 }), norm('an'), relu],
  ...[conv('b', { filters: 20 }), norm('bn'), relu],
]
const network = networkOf(
  12,
  [{ kind: 'frozen', layers: trunk }, average],
  [dense('p', 7), norm('pn'), relu, dense('q', 4)],
)

describe('a frozen backbone', () => {
  it('is one that no step changes', () => {
    expect(hasFrozenBackbone(network)).toBe(true)
    expect(hasFrozenBackbone(networkOf(12, [...trunk, average]))).toBe(false)
    const half = networkOf(12, [{ kind: 'frozen', layers: trunk }, conv('c'), average])
    expect(hasFrozenBackbone(half)).toBe(false)
    const dropout: Layer = { kind: 'dropout', name: 'd', rate: 0.5, seed: 1 }
    const noisy = networkOf(12, [{ kind: 'frozen', layers: trunk }, dropout, average])
    expect(hasFrozenBackbone(noisy)).toBe(false)
  })

  it.each(['outside the graph', 'inside'])(
    'has the oracle’s gradient with the loss %s',
    async (where) => {
      const weights = examples.trainedWeights(network)
      const input = examples.noise(count, 12)
      const pairs = examples.twoViewPairs(count, 0.3)
      const loss = {
        ofRows: examples.lossOfPairs(pairs),
        ...(where === 'inside' && { softmaxPairs: pairs }),
      }
      const stepOn = (kind: 'cpu' | 'native') =>
        examples.withEncoder(kind, { network, weights }, async (encoder) => {
          const { gradient, loss: value } = await encoder.step(input, count, loss)
          return {
            value,
            gradient: gradient.slice(),
            statistics: encoder.weights.statistics.slice(),
          }
        })
      const [oracle, native] = [await stepOn('cpu'), await stepOn('native')]
      expect(native.value).toBeCloseTo(oracle.value, 4)
      expect(examples.relativeDistance(native.gradient, oracle.gradient)).toBeLessThan(1e-5)
      expect(examples.relativeDistance(native.statistics, oracle.statistics)).toBeLessThan(2e-6)
    },
  )

  it('is computed with the weights as they are at each step', async () => {
    const weights = examples.trainedWeights(network)
    const input = examples.noise(count, 12)
    const loss = examples.distanceLoss(count)
    await examples.withEncoder('native', { network, weights }, async (encoder) => {
      const first = (await encoder.step(input, count, loss)).loss
      expect((await encoder.step(input, count, loss)).loss).toBe(first)
      encoder.weights.view('b/kernel').fill(0.05)
      expect((await encoder.step(input, count, loss)).loss).not.toBeCloseTo(first, 3)
    })
  })
})
