import { describe, expect, it } from 'vitest'
import type { EngineKind } from '../../../src-main/contract/engines.ts'
import type { LearntValues, StepLoss, StepResult } from '../../../src-main/model/encoder.ts'
import type { Network } from '../../../src-main/model/network.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Tensor2D } from '../../../src-main/numeric/tf.ts'
import * as examples from './examples.ts'
import { average, conv, dense, networkOf, norm, pool, relu } from './examples.ts'

const count = 6
const dim = 4
const network: Network = networkOf(
  8,
  [conv('a'), norm('an'), relu, pool, average],
  [dense('p', dim)],
)
const weights = examples.trainedWeights(network)
const input = examples.noise(count, 8)

const proxies: LearntValues = {
  shape: [3, dim],
  values: Float32Array.from({ length: 3 * dim }, (_, i) => Math.sin(i + 1)),
}
const scale: LearntValues = { shape: [], values: Float32Array.of(0.7) }
const unused: LearntValues = { shape: [2], values: Float32Array.of(1, 2) }

/** Looks at unit rows, raw rows and what it learns. */
const everything: StepLoss = {
  learnt: [proxies, scale, unused],
  ofRows: (rows, { raw, learnt: [toRows, factor] }) => {
    const logits = tf.matMul(rows, unitRows(toRows as Tensor2D), false, true)
    const pull = tf.sum(tf.square(tf.sub(tf.mul(logits, factor!), 1)))
    return tf.add(pull, tf.mul(tf.sum(tf.sin(raw)), 0.3))
  },
}

async function stepOn(kind: EngineKind, loss: StepLoss): Promise<StepResult> {
  return examples.withEncoder(kind, { network, weights }, async (encoder) => {
    const before = tf.memory().numTensors
    const result = await encoder.step(input, count, loss)
    expect(tf.memory().numTensors).toBe(before)
    return {
      ...result,
      gradient: result.gradient.slice(),
      ...(result.raw && { raw: result.raw.slice() }),
    }
  })
}

describe('a loss that learns and looks at raw rows', () => {
  it('has the same gradients on every engine', async () => {
    const oracle = await stepOn('cpu', everything)
    for (const kind of ['native', 'wasm'] as const) {
      const step = await stepOn(kind, everything)
      expect(step.loss).toBeCloseTo(oracle.loss, 4)
      expect(examples.relativeDistance(step.gradient, oracle.gradient)).toBeLessThan(1e-5)
      expect(step.learntGradients).toHaveLength(3)
      for (const [i, gradient] of step.learntGradients.entries())
        for (const [at, slope] of gradient.entries())
          expect(slope).toBeCloseTo(oracle.learntGradients[i]![at]!, 4)
    }
  })

  it('has the slopes of its learnt values that differences show, and 0 for those it ignores', async () => {
    const { learntGradients } = await stepOn('native', everything)
    expect([...learntGradients[2]!]).toEqual([0, 0])
    const lossAt = async (at: number, by: number): Promise<number> => {
      const values = proxies.values.slice()
      values[at] = values[at]! + by
      const learnt = [{ ...proxies, values }, scale, unused]
      return (await stepOn('native', { ...everything, learnt })).loss
    }
    for (let at = 0; at < proxies.values.length; at += 5) {
      const slope = ((await lossAt(at, 0.01)) - (await lossAt(at, -0.01))) / 0.02
      expect(learntGradients[0]![at]).toBeCloseTo(slope, 2)
    }
  })

  it.each(['cpu', 'wasm', 'native'] as const)(
    'sees its rows before it is called, on %s',
    async (kind) => {
      const seen: Float32Array[] = []
      const loss: StepLoss = {
        look: (raw) => seen.push(raw.slice()),
        wantsRaw: true,
        ofRows: (rows) => {
          expect(seen).toHaveLength(1)
          return tf.sum(rows)
        },
      }
      const { raw } = await stepOn(kind, loss)
      expect(seen).toHaveLength(1)
      expect(raw).toEqual(seen[0])
      expect(raw).toHaveLength(count * dim)
    },
  )

  it('gives its rows also where it has a closed form', async () => {
    const pairs = examples.twoViewPairs(count, 0.5)
    const ofRows = examples.lossOfPairs(pairs)
    const inside = await stepOn('native', { ofRows, softmaxPairs: pairs })
    const watched = await stepOn('native', { ofRows, softmaxPairs: pairs, wantsRaw: true })
    expect(inside.raw).toBeUndefined()
    expect(watched.raw).toHaveLength(count * dim)
    expect(watched.loss).toBeCloseTo(inside.loss, 5)
    expect(examples.relativeDistance(watched.gradient, inside.gradient)).toBeLessThan(1e-5)
  })
})
