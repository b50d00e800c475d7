import { describe, expect, it } from 'vitest'
import type { SoftmaxPairs } from '../../../src-main/model/encoder.ts'
import * as examples from './examples.ts'
import { average, conv, dense, networkOf, norm, pool, relu } from './examples.ts'

const count = 8
const network = networkOf(
  8,
  [conv('a'), norm('an'), relu, pool, average],
  [dense('p', 6), relu, dense('q', 5)],
)
const weights = examples.trainedWeights(network)
const images = examples.noise(count, 8)

/** Loss and gradient, with the loss inside the graph or outside of it. */
async function stepWith(kind: 'native' | 'cpu', pairs: SoftmaxPairs, where: 'inside' | 'outside') {
  return examples.withEncoder(kind, { network, weights }, async (encoder) => {
    const ofRows = examples.lossOfPairs(pairs)
    const loss = where === 'inside' ? { ofRows, softmaxPairs: pairs } : { ofRows }
    const { loss: value, gradient } = await encoder.step(images, count, loss)
    return { loss: value, gradient: gradient.slice() }
  })
}

describe.each(['all', 'own'] as const)(
  'softmax pairs with %s denominators, in the graph',
  (kind) => {
    it.each([1, 0.1, 0.01])('are the oracle’s at temperature %d', async (temperature) => {
      const pairs = examples.twoViewPairs(count, temperature, kind)
      const oracle = await stepWith('cpu', pairs, 'outside')
      const inside = await stepWith('native', pairs, 'inside')
      expect(Math.abs(inside.loss / oracle.loss - 1)).toBeLessThan(1e-5)
      // Logits reach 1 / temperature, and with them their rounding errors.
      const limit = 1e-5 * Math.max(1, 0.05 / temperature)
      expect(examples.relativeDistance(inside.gradient, oracle.gradient)).toBeLessThan(limit)
    })

    it('may have several positives, uneven weights and anchors without a denominator', async () => {
      const { weights: pairWeights, denominator } = examples.twoViewPairs(count, 0.2, kind)
      pairWeights[2] = 0.3
      pairWeights[5 * count + 1] = 0.05
      denominator[1] = 0
      if (kind === 'own') denominator.fill(0, 3 * count, 4 * count)
      const pairs = { denominatorKind: kind, temperature: 0.2, weights: pairWeights, denominator }
      const oracle = await stepWith('cpu', pairs, 'outside')
      const inside = await stepWith('native', pairs, 'inside')
      expect(inside.loss).toBeCloseTo(oracle.loss, 5)
      expect(examples.relativeDistance(inside.gradient, oracle.gradient)).toBeLessThan(1e-5)
    })

    it('are what TensorFlow.js makes of the same formula on the rows', async () => {
      const pairs = examples.twoViewPairs(count, 0.2, kind)
      const outside = await stepWith('native', pairs, 'outside')
      const inside = await stepWith('native', pairs, 'inside')
      expect(inside.loss).toBeCloseTo(outside.loss, 5)
      expect(examples.relativeDistance(inside.gradient, outside.gradient)).toBeLessThan(1e-5)
    })

    it('are 0, with the gradient 0, without any pair', async () => {
      const empty = { ...examples.twoViewPairs(count, 0.2, kind), weights: new Float32Array(64) }
      const { loss, gradient } = await stepWith('native', empty, 'inside')
      expect(loss).toBe(0)
      expect(gradient.every((value) => value === 0)).toBe(true)
    })
  },
)
